"""HojiChar's usual web recipe on a JSON Lines file, single process. Prints one JSON object with CPU seconds.

python hojichar_clean.py IN.jsonl OUT.jsonl [lists|nolists]
"""

import json
import re
import sys
import time

from hojichar import Compose, document_filters

source, target, lists = sys.argv[1], sys.argv[2], sys.argv[3] == "lists"
steps = [
    document_filters.JSONLoader(key="text"),
    document_filters.DocumentNormalizer(),
    document_filters.AcceptJapanese(),
    document_filters.DocumentLengthFilter(min_doc_len=200, max_doc_len=50_000),
    document_filters.DiscardRareKuten(),
    document_filters.SingleCharacterRepetitionFilter(),
    document_filters.CharRepetitionRatioFilter(),
    document_filters.DiscardTooManyEndingEllipsis(),
    document_filters.DiscardTooShortLines(),
    document_filters.DiscardBBSComments(),
    document_filters.DiscardAds(),
]
if lists:
    steps += [
        document_filters.DiscardAdultContentJa(),
        document_filters.DiscardDiscriminationContentJa(),
        document_filters.DiscardViolenceContentJa(),
    ]
steps += [document_filters.MaskPersonalInformation(), document_filters.JSONDumper()]
clean = Compose(steps)
start, kept, read = time.process_time(), 0, 0
with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
    for line in lines:
        read += 1
        text = clean(line)
        if text:
            kept += 1
            out.write(text + "\n")
seconds = time.process_time() - start
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps({"cpu": seconds, "read": read, "kept": kept, "peak": peak}))
