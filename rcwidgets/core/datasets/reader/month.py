"""Names of months and of days of the week, in the languages that loggers and spreadsheets write."""

_MONTHS = """
january january jan januar jänner jän janvier janv enero ene gennaio gen janeiro januari styczeń sty
february february feb februar février févr fév fevr febrero febbraio fevereiro fev februari luty lut
march march mar märz mär mrz mars marzo março maart mrt marzec marz
april april apr avril avr abril abr aprile kwiecień kwi
may may mai mayo maggio mag maio mei maj
june june jun juni juin junio giugno giu junho czerwiec cze
july july jul juli juillet juil julio luglio lug julho lipiec lip
august august aug août aout agosto ago augustus augusti sierpień sie
september september sep sept septembre septiembre settembre set setembro wrzesień wrz
october october oct oktober okt octobre octubre ottobre ott outubro out październik paź
november november nov novembre noviembre novembro listopad lis
december december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro grudzień gru
"""
MONTHS = {name: place + 1 for place, line in enumerate(_MONTHS.strip().splitlines()) for name in line.split()}
DAYS = frozenset(
    [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tues",
        "thur",
        "thurs",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonnabend",
        "sonntag",
        "lun",
        "mar",
        "mer",
        "jeu",
        "ven",
        "sam",
        "dim",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "lunes",
        "martes",
        "miércoles",
        "jueves",
        "viernes",
        "sábado",
        "domingo",
        "mié",
        "jue",
        "vie",
        "sáb",
        "dom",
        "gio",
        "sab",
    ]
)
ZONES = {  # hours ahead of UTC of names that mean one zone
    "z": 0.0, "utc": 0.0, "gmt": 0.0, "cet": 1.0, "cest": 2.0, "mez": 1.0, "mesz": 2.0, "wet": 0.0, "west": 1.0, "eet": 2.0, "eest": 3.0,
    "est": -5.0, "edt": -4.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0, "pst": -8.0, "pdt": -7.0, "jst": 9.0, "msk": 3.0,
}  # fmt: skip
