"""datatrove with its Japanese word tokenizer, single process. Prints one JSON object with CPU seconds as the last line.

python datatrove_corpus.py clean|sign|dedup IN_FOLDER WORK_FOLDER
"""

import json
import re
import resource
import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

job, source, work = sys.argv[1:4]
LANGUAGE = "jpn"
STOP_WORDS = ["の", "に", "を", "は", "た", "が", "と", "で", "年", "し", "・", "月", "れ", "さ"]


def run(steps, name):
    LocalPipelineExecutor(pipeline=steps, tasks=1, workers=1, logging_dir=f"{work}/logs/{name}").run()


def children_and_self():
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in both)


from datatrove.utils.word_tokenizers import load_word_tokenizer  # noqa: E402

load_word_tokenizer(LANGUAGE).word_tokenize("形態素解析の辞書を読み込む。")  # loading is not what is measured
start = children_and_self()
config = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)
if job == "clean":
    run(
        [
            JsonlReader(source),
            # thresholds of FineWeb-2 for jpn_Jpan, so that documents live long enough to be looked at
            GopherRepetitionFilter(
                language=LANGUAGE,
                dup_line_frac=0.375,
                top_n_grams=((2, 0.121), (3, 0.129), (4, 0.145)),
                dup_n_grams=((5, 0.307), (6, 0.283), (7, 0.264), (8, 0.248), (9, 0.234), (10, 0.223)),
            ),
            FineWebQualityFilter(
                language=LANGUAGE,
                line_punct_thr=0.167,
                short_line_thr=999,
                char_duplicates_ratio=0.375,
                new_line_ratio=0.162,
            ),
            GopherQualityFilter(
                language=LANGUAGE,
                min_avg_word_length=1,
                max_avg_word_length=5,
                max_non_alpha_words_ratio=0.759,
                stop_words=STOP_WORDS,
            ),
            C4QualityFilter(
                language=LANGUAGE, filter_no_terminal_punct=False, min_num_sentences=1, min_words_per_line=0
            ),
            PIIFormatter(),
            JsonlWriter(f"{work}/clean"),
        ],
        "clean",
    )
else:
    run(
        [
            JsonlReader(source),
            MinhashDedupSignature(output_folder=f"{work}/signatures", config=config, language=LANGUAGE),
        ],
        "sign",
    )
    signed = children_and_self() - start
    if job == "dedup":
        LocalPipelineExecutor(
            pipeline=[
                MinhashDedupBuckets(input_folder=f"{work}/signatures", output_folder=f"{work}/buckets", config=config)
            ],
            tasks=14,
            workers=1,
            logging_dir=f"{work}/logs/buckets",
        ).run()
        run(
            [MinhashDedupCluster(input_folder=f"{work}/buckets", output_folder=f"{work}/remove", config=config)],
            "cluster",
        )
        run(
            [
                JsonlReader(source),
                MinhashDedupFilter(input_folder=f"{work}/remove"),
                JsonlWriter(f"{work}/kept", compression=None),
            ],
            "filter",
        )
seconds = children_and_self() - start
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024
report = {"cpu": seconds if job != "sign" else signed, "peak": peak}
if job == "dedup":
    report["sign_cpu"] = signed
print(json.dumps(report))
