"""Notices in the published formats: 청약홈's odcloud rows and LH's blocks, field for field as they really look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from mydata_connectors.sandbox._notices import SEOUL, HouseType, Notice

AREA_CODES = {
    "11": ("100", "서울"), "26": ("600", "부산"), "27": ("700", "대구"), "28": ("400", "인천"), "29": ("500", "광주"),
    "30": ("300", "대전"), "31": ("680", "울산"), "36": ("338", "세종"), "41": ("410", "경기"), "43": ("360", "충북"),
    "44": ("312", "충남"), "46": ("513", "전남"), "47": ("712", "경북"), "48": ("621", "경남"), "50": ("690", "제주"),
    "51": ("200", "강원"), "52": ("560", "전북"),
}  # fmt: skip
SPECIAL = {
    "newlywed": "NWWDS", "first_home": "LFE_FRST", "multi_child": "MNYCH", "elderly_parents": "OLD_PARNTS_SUPORT",
    "newborn": "NWBB", "youth": "YGMN", "recommended": "INSTT_RECOMEND",
}  # fmt: skip
NO_SPECIAL = ("ETC", "TRANSR_INSTT_ENFSN")
RANKS = ("GNRL_RNK1_CRSPAREA", "GNRL_RNK1_ETC_AREA", "GNRL_RNK2_CRSPAREA", "GNRL_RNK2_ETC_AREA")


def applyhome_url(number: str) -> str:
    page = "https://www.applyhome.co.kr/ai/aia/selectAPTLttotPblancDetail.do"
    return f"{page}?houseManageNo={number}&pblancNo={number}"


def applyhome_detail(notice: Notice) -> dict[str, object]:
    """One row of getAPTLttotPblancDetail."""
    opens, closes = (_iso(at) for at in (notice.receipt_opens_at, notice.receipt_closes_at))
    code, area = AREA_CODES.get(notice.region[:2], ("", ""))
    public = notice.housing_kind == "public"
    row: dict[str, object] = {
        "BSNS_MBY_NM": notice.supplier, "CNSTRCT_ENTRPS_NM": notice.supplier,
        "CNTRCT_CNCLS_BGNDE": _date(notice.contract_from), "CNTRCT_CNCLS_ENDDE": _date(notice.contract_until),
        "HMPG_ADRES": None, "HOUSE_DTL_SECD": "03" if public else "01",
        "HOUSE_DTL_SECD_NM": "국민" if public else "민영", "HOUSE_MANAGE_NO": notice.number,
        "HOUSE_NM": notice.name, "HOUSE_SECD": "01", "HOUSE_SECD_NM": "APT", "HSSPLY_ADRES": notice.address,
        "HSSPLY_ZIP": None, "IMPRMN_BSNS_AT": "N", "LRSCL_BLDLND_AT": "N",
        "MDAT_TRGET_AREA_SECD": _yes(notice.regulated), "MDHS_TELNO": None,
        "MVN_PREARNGE_YM": notice.move_in, "NPLN_PRVOPR_PUBLIC_HOUSE_AT": "N", "NSPRC_NM": None,
        "PARCPRC_ULS_AT": _yes(notice.price_capped), "PBLANC_NO": notice.number,
        "PBLANC_URL": applyhome_url(notice.number),
        "PRZWNER_PRESNATN_DE": _date(notice.announcement_date), "PUBLIC_HOUSE_EARTH_AT": _yes(public),
        "PUBLIC_HOUSE_SPCLW_APPLC_AT": "N", "RCEPT_BGNDE": opens, "RCEPT_ENDDE": closes,
        "RCRIT_PBLANC_DE": _date(notice.notice_date), "RENT_SECD": "0", "RENT_SECD_NM": "분양주택",
        "SPECLT_RDN_EARTH_AT": _yes(notice.regulated if notice.overheated is None else notice.overheated),
        "SPSPLY_RCEPT_BGNDE": opens, "SPSPLY_RCEPT_ENDDE": opens,
        "SUBSCRPT_AREA_CODE": code, "SUBSCRPT_AREA_CODE_NM": area,
        "TOT_SUPLY_HSHLDCO": sum(sum(row.units.values()) for row in notice.house_types),
        "GNRL_RNK1_ETC_GG_RCPTDE": None, "GNRL_RNK1_ETC_GG_ENDDE": None,
        "GNRL_RNK2_ETC_GG_RCPTDE": None, "GNRL_RNK2_ETC_GG_ENDDE": None,
    }  # fmt: skip
    return row | {f"{rank}_{end}": closes for rank in RANKS for end in ("RCPTDE", "ENDDE")}


def applyhome_models(notice: Notice) -> list[dict[str, object]]:
    """Rows of getAPTLttotPblancMdl. 만원, areas with four decimals, a blank where a type has no letter."""
    return [_model(notice.number, row) for row in notice.house_types]


def _model(number: str, row: HouseType) -> dict[str, object]:
    letters = "".join(part for part in row.name if part.isascii() and part.isalpha()).upper() or " "
    units = {str(kind): count for kind, count in row.units.items()}
    special = {f"{field}_HSHLDCO": units.get(kind, 0) for kind, field in SPECIAL.items()}
    return {
        "HOUSE_MANAGE_NO": number, "PBLANC_NO": number, "MODEL_NO": row.model_no,
        "HOUSE_TY": f"{float(row.exclusive_area):08.4f}{letters}", "SUPLY_AR": supply_area(row),
        "SUPLY_HSHLDCO": row.units.get("general", 0), "SPSPLY_HSHLDCO": sum(special.values()),
        **special, "LTTOT_TOP_AMOUNT": str(row.price // 10_000),
        **{f"{kind}_HSHLDCO": 0 for kind in NO_SPECIAL},
    }  # fmt: skip


def supply_area(row: HouseType) -> str:
    """공급면적, which a notice here does not hold: as large as it usually is."""
    return f"{float(row.exclusive_area) * 1.38:.4f}"


def lh_url(number: str) -> str:
    page = "https://apply.lh.or.kr/lhapply/apply/wt/wrtanc/selectWrtancInfo.do"
    return f"{page}?panId={number}&ccrCnntSysDsCd=02&uppAisTpCd=05&aisTpCd=05&mi=1027"


def lh_list(notices: Sequence[Notice], query: Mapping[str, str], now: datetime) -> list[dict[str, object]]:
    """``[{dsSch}, {dsList}, {resHeader}]``: everything a string, two forms of a date in one row."""
    page, size = max(1, _int(query.get("PAGE"), 1)), max(1, _int(query.get("PG_SZ"), 10))
    part = notices[(page - 1) * size : page * size]
    rows = [_lh_row(notice, n, len(notices), now) for n, notice in enumerate(part, (page - 1) * size + 1)]
    return [{"dsSch": [dict(query)]}, {"dsList": rows}, _lh_header(now)]


def _lh_row(notice: Notice, n: int, total: int, now: datetime) -> dict[str, str]:
    url, province = lh_url(notice.number), notice.region_name.split(" ")[0]
    state = "접수마감" if now >= notice.receipt_closes_at else "공고중"
    if notice.receipt_opens_at <= now < notice.receipt_closes_at:
        state = "접수중"
    return {
        "PAN_NT_ST_DT": _dots(notice.notice_date), "PAN_ID": notice.number, "AIS_TP_CD_NM": "분양주택",
        "CNP_CD_NM": province, "ALL_CNT": str(total), "SPL_INF_TP_CD": "050", "AIS_TP_CD": "05",
        "PAN_DT": _plain(notice.notice_date), "RNUM": str(n), "CCR_CNNT_SYS_DS_CD": "02", "DTL_URL": url,
        "CLSG_DT": _dots(notice.receipt_closes_at.astimezone(SEOUL).date()), "UPP_AIS_TP_CD": "05",
        "PAN_NM": notice.name, "UPP_AIS_TP_NM": "분양주택", "PAN_SS": state, "DTL_URL_MOB": url,
    }  # fmt: skip


def lh_detail(notice: Notice | None, query: Mapping[str, str], now: datetime) -> list[dict[str, object]]:
    """``[{dsSch}, {all blocks}]``; every block has a twin ``…Nm`` with the labels of its columns."""
    if notice is None:
        return [{"dsSch": [dict(query)]}, {"dsSplScdl": [], "dsSbd": [], **_lh_header(now)}]
    opens, closes = _clock(notice.receipt_opens_at), _clock(notice.receipt_closes_at)
    areas = sorted(float(row.exclusive_area) for row in notice.house_types)
    schedule = {
        "HS_SBSC_ACP_TRG_CD_NM": "일반공급·특별공급", "RMK": "인터넷접수", "ACP_DTTM": f"{opens} ~ {closes}",
        "PZWR_ANC_DT": _plain(notice.announcement_date), "CTRT_ST_DT": _plain(notice.contract_from),
        "CTRT_ED_DT": _plain(notice.contract_until), "PZWR_PPR_SBM_ST_DT": "", "PZWR_PPR_SBM_ED_DT": "",
        "SPL_SCD_GUD_FCTS": "",
    }  # fmt: skip
    block = {
        "BZDT_NM": notice.name, "LCT_ARA_ADR": notice.address, "LCT_ARA_DTL_ADR": "",
        "MIN_MAX_RSDN_DDO_AR": f"{areas[0]:g} ~ {areas[-1]:g}", "HTN_FMLA_DS_CD_NM": "지역난방",
        "SUM_TOT_HSH_CNT": str(sum(sum(row.units.values()) for row in notice.house_types)),
        "MVIN_XPC_YM": f"{notice.move_in[:4]}년 {notice.move_in[4:]}월" if notice.move_in else "",
    }  # fmt: skip
    labels = {"PZWR_ANC_DT": "당첨자발표일자", "ACP_DTTM": "신청일시", "CTRT_ST_DT": "계약체결기간시작일"}
    blocks = {
        "dsSplScdl": [schedule], "dsSplScdlNm": [labels], "dsSbd": [block],
        "dsSbdNm": [{"BZDT_NM": "단지명", "LCT_ARA_ADR": "단지주소"}],
        "dsEtcInfo": [{"PAN_DTL_CTS": "", "ETC_FCTS": ""}],
    }  # fmt: skip
    return [{"dsSch": [dict(query)]}, {**blocks, **_lh_header(now)}]


def lh_supply(notice: Notice | None, query: Mapping[str, str], now: datetime) -> list[dict[str, object]]:
    """``dsList01``: one row per house type, without price and without supply kinds."""
    rows = [] if notice is None else [_lh_type(notice.name, row) for row in notice.house_types]
    return [{"dsSch": [dict(query)]}, {"dsList01": rows, "dsList01Nm": [{"HTY_NNA": "주택형"}]}, _lh_header(now)]


def _lh_type(name: str, row: HouseType) -> dict[str, str]:
    count = str(sum(row.units.values()))
    return {
        "SBD_LGO_NM": name, "HTY_NNA": row.name, "DDO_AR": row.exclusive_area, "SPL_AR": supply_area(row),
        "HSH_CNT": count, "NOW_HSH_CNT": count,
    }  # fmt: skip


def _lh_header(now: datetime) -> dict[str, object]:
    return {"resHeader": [{"RS_DTTM": f"{now.astimezone(SEOUL):%Y%m%d%H%M%S}", "SS_CODE": "Y"}]}


def _yes(value: bool | None) -> str:
    return "Y" if value else "N"


def _date(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _iso(value: datetime) -> str:
    return value.astimezone(SEOUL).date().isoformat()


def _clock(value: datetime) -> str:
    return f"{value.astimezone(SEOUL):%Y.%m.%d %H:%M}"


def _dots(value: date) -> str:
    return f"{value:%Y.%m.%d}"


def _plain(value: date | None) -> str:
    return f"{value:%Y%m%d}" if value else ""


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


def utc_now() -> datetime:
    return datetime.now(UTC)
