"""Small documents of each kind, written for these tests."""

from tekio.study.material import Material, material_of

LAW = """貯金保護法
（平成十九年七月六日法律第百十一号）
　　　第一章　総則
（目的）
第一条　この法律は、貯金者の保護を目的とする。
（定義）
第二条　この法律において「貯金者」とは、金融機関に対し貯金に係る債権（外貨のものを除く。）を有する者をいう。
（報告）
第三条　金融機関は、事業年度の終了後三月以内に、業務の報告書を主務大臣に提出しなければならない。
2　主務大臣は、第二条に規定する貯金者の保護のため必要があるときは、資料の提出を求めることができる。
（届出事項）
第四条　金融機関は、次に掲げる事項を届け出なければならない。
一　商号
二　本店の所在地
三　資本金の額
"""
FAQ = """外貨の利子
【照会要旨】
外貨の利子は課税されますか。
【回答要旨】
所得税法第23条により課税されます。税率は15％で、令和6年1月1日から適用されます。
"""
REPORT = """1．経営成績
業績は次のとおりです。
（単位：百万円）
売上高 | 前連結会計年度: 1,000 | 当連結会計年度: 1,250 | 増減率（％）: 25.0
営業利益 | 前連結会計年度: 100 | 当連結会計年度: 90 | 増減率（％）: △10.0
セグメントは次のとおりです。
（単位：百万円）
銀行業 | 当連結会計年度 残高: 300
証券業 | 当連結会計年度 残高: 100
合計 | 当連結会計年度 残高: 400
"""


def material(text: str, *, title: str = "", company: str | None = None, identity: str = "doc") -> Material:
    row = {
        "id": identity,
        "text": text,
        "source": "s",
        "uri": "file.txt",
        "title": title,
        "license": "CC0-1.0",
        "as_of": "2024-03-31",
        "domain": "finance",
        "group": "g",
    }
    return material_of(row, {"company": company} if company else {}, 800)
