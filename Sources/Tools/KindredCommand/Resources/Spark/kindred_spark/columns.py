"""Which column is the user, the item, the rating and the time."""

from __future__ import annotations

import re
import unicodedata

from .errors import KindredError

# Names of columns, the surest first: ColumnNames.swift.
NAMES = {
    "user": (
        (
            "user userid users uid iduser reviewerid customerid accountid visitorid memberid profileid personid viewerid "
            "listenerid clientid subscriberid playerid readerid raterid useridx userindex benutzerid nutzerid kundenid "
            "kundennummer idutilisateur utilisateurid idusuario usuarioid idcliente clienteid"
        ),
        (
            "reviewer customer account visitor member profile person viewer listener client subscriber player reader rater "
            "benutzer nutzer kunde utilisateur membre usuario cliente"
        ),
        "username usernames profilename reviewername reviewprofilename login nickname benutzername nutzername pseudo",
    ),
    "item": (
        (
            "item itemid items iid iditem movie movieid movies film filmid idfilm product productid asin parentasin book "
            "bookid isbn business businessid artist artistid song songid track trackid joke jokeid anime animeid manga mangaid "
            "recipe recipeid beer beerid beerbeerid wineid game gameid appid bggid show showid album albumid restaurant "
            "restaurantid venueid locationid poiid placeid gmapid hotelid article articleid newsid video videoid courseid "
            "contentid sku stockcode workid titleid podcastid itemidx itemindex artikel artikelid artikelnummer produkt "
            "produktid buch buchid produit produitid livre livreid idproduit idlivre pelicula peliculaid idpelicula producto "
            "productoid idproducto articulo articuloid libro libroid objet"
        ),
        "news course content podcast wine venue location poi place hotel work",
        "",
    ),
    "rating": (
        (
            "rating ratings bookrating userrating reviewrating ratingvalue bewertung wertung note notes calificacion "
            "puntuacion valoracion"
        ),
        ("score scores userscore reviewscore stars star overall grade vote preference pref punkte sterne nota puntaje etoiles"),
        (
            "value weight rate plays playcount playcounts listens listencount count counts hours hoursplayed clicks quantity "
            "wert valeur valor anzahl"
        ),
    ),
    "timestamp": (
        (
            "timestamp timestamps ts unixreviewtime unixtime unixtimestamp epoch timestampms ratingtimestamp zeitstempel "
            "horodatage"
        ),
        (
            "time date datetime reviewtime reviewdate createdat created dateadded datecreated ratedat ratingdate ratingtime "
            "eventtime eventdate tstamp datum zeit zeitpunkt uhrzeit temps heure fecha hora"
        ),
        "updatedat dateupdated readat",
    ),
}


def plain(name: str) -> str:
    """Letters and digits alone, lowercase and without accents: `User-ID` and `user_id:token` are `userid`."""
    letters = unicodedata.normalize("NFD", name.split(":", maxsplit=1)[0]).lower()
    return "".join(letter for letter in letters if letter.isalnum())


def chosen_columns(names: list[str], choice: str | None = None) -> dict[str, str]:
    """The names of the columns by role: as chosen, by the names that Kindred knows, or `_c0`, `_c1` … in order."""
    if choice:
        given = choice.split(",")
        columns = dict(part.split("=", 1) for part in given) if "=" in choice else dict(zip(NAMES, given, strict=False))
        columns = {role: names[int(name) - 1] if name.isdigit() and 0 < int(name) <= len(names) else name
                   for role, name in columns.items()}  # fmt: skip
        for role, name in columns.items():
            if role not in NAMES or name not in names:
                raise KindredError(f"--columns: no {role} = {name}; the columns are {', '.join(names)}")
    elif names[0] == "_c0" and len(names) <= 4:
        columns = dict(zip(NAMES, names, strict=False))
    else:
        columns = {}
        for role, surest in NAMES.items():
            levels = [[name for name in names if plain(name) in words.split()] for words in surest]
            found = next(filter(None, levels), [])
            keys = [name for name in found if re.search(r"(?i)([^a-z]id|Id|ID)$|^id[^a-z]", name)]
            found = keys if len(keys) == 1 else found
            if len(found) > 1 and role != "timestamp":
                raise KindredError(f"any of the columns {', '.join(found)} could be the {role}: say which it is by --columns")
            columns |= {role: found[0]} if found else {}
    if missing := [role for role in ("user", "item") if role not in columns]:
        raise KindredError(f"no column is known as the {missing[0]} among {', '.join(names)}: say which it is by --columns")
    return columns
