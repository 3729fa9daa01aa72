import Foundation

/// What a column of a ratings file holds.
package enum ColumnRole: String, CaseIterable, Sendable {
    case user, item, rating, timestamp
}

/// The names of columns in published data sets and in exports that people have, in English, German, French and Spanish.
package enum ColumnNames {
    /// The meaning of a name, and how surely it has it: of `user_id` and `username` the first is the user, of
    /// `unixReviewTime` and `reviewTime` the first the timestamp.
    package struct Meaning: Equatable {
        package let role: ColumnRole
        /// 3 for an id or the thing itself, 2 for other words for it, 1 for what stands in where nothing better is there.
        package let certainty: Int
    }

    /// nil for an unknown name.
    package static func meaning(of name: String) -> Meaning? { meanings[plain(name)] }

    /// Whether a name ends in `_id`, `Id`, `ID` or begins with `id_`: the key of something that may be rated.
    package static func isKey(_ name: String) -> Bool {
        isAnyKey(name) && !otherKeys.contains(plain(name))
    }

    /// The same of anything.
    static func isAnyKey(_ name: String) -> Bool {
        let words = words(name)
        return words.count > 1 && (words.last == "id" || words.first == "id")
    }

    /// Keys of rows and of what people do not rate.
    private static let otherKeys: Set<String> = [
        "reviewid", "ratingid", "rowid", "recordid", "eventid", "sessionid", "transactionid", "orderid",
        "interactionid",
        "categoryid", "genreid", "tagid", "countryid", "languageid",
    ]

    /// Lowercase letters and digits without accents, and without the type that RecBole writes behind a colon:
    /// `User-ID`, `user_id:token` and `userId` are all `userid`; `Película` is `pelicula`.
    static func plain(_ name: String) -> String {
        let untyped = name.split(separator: ":", maxSplits: 1).first.map(String.init) ?? name
        return withoutAccents(untyped).lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// The letters are decomposed, and what is not a letter then is their accents.
    private static func withoutAccents(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.decomposedStringWithCanonicalMapping.unicodeScalars.filter {
                    $0.properties.generalCategory != .nonspacingMark
                }))
    }

    /// `beer_beerId` is beer, beer, id.
    private static func words(_ name: String) -> [String] {
        var words: [String] = [""]
        var previous: Character = "_"
        for character in name.split(separator: ":", maxSplits: 1).first ?? "" {
            if !character.isLetter && !character.isNumber {
                words.append("")
            } else {
                if character.isUppercase && previous.isLowercase { words.append("") }
                words[words.count - 1].append(contentsOf: character.lowercased())
            }
            previous = character
        }
        return words.filter { !$0.isEmpty }
    }

    private static let meanings: [String: Meaning] = {
        var meanings: [String: Meaning] = [:]
        for (role, certainty, names) in table {
            for name in names.split(separator: " ") {
                meanings[String(name)] = Meaning(role: role, certainty: certainty)
            }
        }
        return meanings
    }()

    private static let table: [(role: ColumnRole, certainty: Int, names: String)] = [
        (
            .user, 3,
            """
            user userid users uid iduser reviewerid customerid accountid visitorid memberid profileid personid viewerid \
            listenerid clientid subscriberid playerid readerid raterid useridx userindex benutzerid nutzerid kundenid \
            kundennummer idutilisateur utilisateurid idusuario usuarioid idcliente clienteid
            """
        ),
        (
            .user, 2,
            """
            reviewer customer account visitor member profile person viewer listener client subscriber player reader rater \
            benutzer nutzer kunde utilisateur membre usuario cliente
            """
        ),
        (
            .user, 1,
            "username usernames profilename reviewername reviewprofilename login nickname benutzername nutzername pseudo"
        ),
        (
            .item, 3,
            """
            item itemid items iid iditem movie movieid movies film filmid idfilm product productid asin parentasin book bookid \
            isbn business businessid artist artistid song songid track trackid joke jokeid anime animeid manga mangaid \
            recipe recipeid beer beerid beerbeerid wineid game gameid appid bggid show showid album albumid restaurant \
            restaurantid venueid locationid poiid placeid gmapid hotelid article articleid newsid video videoid courseid \
            contentid sku stockcode workid titleid podcastid placeid itemidx itemindex artikel artikelid artikelnummer \
            produkt produktid buch buchid produit produitid livre livreid idproduit idlivre pelicula peliculaid \
            idpelicula producto productoid idproducto articulo articuloid libro libroid objet
            """
        ),
        (.item, 2, "news course content podcast wine venue location poi place hotel work"),
        (
            .rating, 3,
            """
            rating ratings bookrating userrating reviewrating ratingvalue bewertung wertung note notes calificacion \
            puntuacion valoracion
            """
        ),
        (
            .rating, 2,
            "score scores userscore reviewscore stars star overall grade vote preference pref punkte sterne nota puntaje etoiles"
        ),
        (
            .rating, 1,
            """
            value weight rate plays playcount playcounts listens listencount count counts hours hoursplayed clicks \
            quantity wert valeur valor anzahl
            """
        ),
        (
            .timestamp, 3,
            "timestamp timestamps ts unixreviewtime unixtime unixtimestamp epoch timestampms ratingtimestamp zeitstempel horodatage"
        ),
        (
            .timestamp, 2,
            """
            time date datetime reviewtime reviewdate createdat created dateadded datecreated ratedat ratingdate ratingtime \
            eventtime eventdate tstamp datum zeit zeitpunkt uhrzeit temps heure fecha hora
            """
        ),
        (.timestamp, 1, "updatedat dateupdated readat"),
    ]
}
