extension IssueTexts {
    static let dutchRefusal = Entry(
        "Salesdock heeft het record geweigerd", "Salesdock zegt: {0}",
        do: "Verbeter wat Salesdock noemt, of vraag de beheerder van Salesdock wat dit veld moet bevatten.")

    static let dutch: [String: Entry] = [
        "required": Entry("Het veld is leeg", do: "Vul deze kolom in."),
        "email": Entry(
            "Dit is geen e-mailadres",
            do:
                "Schrijf één adres zoals naam@bedrijf.example, zonder spaties, of laat de cel leeg als er geen bekend is."
        ),
        "pattern": Entry(
            "De waarde is niet geschreven zoals afgesproken", "De waarde past niet bij het patroon {0}",
            do: "Schrijf de waarde zoals in de andere rijen."),
        "one_of": Entry(
            "De waarde is niet een van de toegestane waarden", "De waarde moet een van deze zijn: {0}",
            do: "Vervang haar door een toegestane waarde; hoofdletters tellen mee."),
        "length": Entry(
            "De waarde is te lang of te kort", "Het aantal tekens moet zijn: {0}",
            do: "Kort de waarde in of vul haar aan."),
        "number": Entry(
            "Dit is geen toegestaan getal", "De waarde moet een getal zijn ({0}), met een decimale punt",
            do: "Schrijf alleen cijfers en een decimale punt, en let op de grenzen."),
        "date": Entry(
            "Dit is geen toegestane datum", "De datum moet bestaan (toegestaan: {2})",
            do: "Schrijf een bestaande datum in de afgesproken vorm, binnen de grenzen."),
        "csv.ragged": Entry(
            "De rij heeft te veel of te weinig kolommen", "De rij heeft {1} kolommen, de kopregel {0}",
            do: "Zet waarden met het scheidingsteken tussen aanhalingstekens, en let op regeleinden in een waarde."),
        "csv.quote": Entry(
            "Er staat tekst achter een sluitend aanhalingsteken",
            do: "Verdubbel elk aanhalingsteken binnen een waarde: \"zeg \"\"ja\"\"\"."),
        "csv.unterminated_quote": Entry(
            "Een aanhalingsteken wordt niet gesloten", "Het aanhalingsteken op regel {0} wordt niet gesloten",
            do: "Voeg het sluitende aanhalingsteken toe, of haal het openende weg."),
        "csv.nul": Entry(
            "De rij bevat een NUL-byte", "Er staat een NUL-byte op byte {0}",
            do: "Exporteer het bestand opnieuw; het is beschadigd of staat in een andere codering."),
        "ndjson.malformed": Entry(
            "De regel is geen JSON-object", do: "Verbeter de regel; elke regel moet één volledig JSON-object zijn."),
        "ndjson.unknown_member": Entry(
            "Het record heeft een onderdeel dat het eerste record niet heeft",
            do: "Neem het op in de pijplijn als het ertoe doet; nu wordt het weggelaten."),
        "xml.repeated": Entry(
            "Het element komt meer dan eens voor", do: "Verwijder de overige als het eerste niet het juiste is."),
        "encoding.invalid": Entry(
            "De tekst staat niet in de opgegeven codering", "De bytes op byte {1} zijn geen {0}-tekst",
            do: "Sla het bestand op in de afgesproken codering, of laat de pijplijn de juiste noemen."),
        "encoding.undefined": Entry(
            "Een teken bestaat niet in de opgegeven codering", "De byte op byte {1} bestaat niet in {0}",
            do: "Sla het bestand op in de afgesproken codering, of laat de pijplijn de juiste noemen."),
        "record.too_large": Entry(
            "Het record is te groot", "Het record heeft {0} bytes; hoogstens {1} zijn toegestaan",
            do: "Zoek naar een aanhalingsteken of element dat niet wordt gesloten."),
        "values.unknown": Entry(
            "De waarde staat niet in de vertaallijst", "De waarde is geen van {0}",
            do: "Vervang haar door een waarde uit de lijst, of laat de pijplijn ook deze vertalen."),
        "date.invalid": Entry(
            "Dit is geen datum in de afgesproken vorm", "De waarde moet een bestaande datum zijn, zoals {1} ({0})",
            do: "Schrijf een bestaande datum in de afgesproken vorm."),
        "number.invalid": Entry(
            "Dit is geen getal in de afgesproken vorm", "De waarde moet een getal zijn zoals {0}",
            do: "Schrijf het getal in de afgesproken vorm, zonder eenheid."),
        "value.structure": Entry(
            "Er staat een lijst of object waar één waarde hoort", do: "Laat de pijplijn een onderdeel ervan nemen."),
        "key.empty": Entry(
            "De sleutel is leeg", do: "Vul in wat het record aanwijst; zonder sleutel wordt het later niet herkend."),
        "key.conflict": Entry(
            "Een eerdere rij heeft dezelfde sleutel en andere waarden",
            do: "Houd een van de rijen, of geef deze een eigen sleutel."),
        "salesdock.required": Entry(
            "Salesdock vereist dit veld", "Salesdock vereist dit veld als {0}", do: "Vul deze kolom in."),
        "salesdock.values": Entry(
            "Salesdock accepteert deze waarde niet", "Salesdock accepteert alleen {0}",
            do: "Vervang haar door een toegestane waarde, of laat de pijplijn haar vertalen."),
        "salesdock.date": Entry(
            "Salesdock accepteert deze datum niet", "Salesdock wil een bestaande datum zoals {1} ({0})",
            do: "Schrijf een bestaande datum, of laat de pijplijn haar omzetten."),
        "salesdock.integer": Entry(
            "Salesdock wil hier een geheel getal", do: "Schrijf alleen cijfers, zonder scheidingstekens."),
        "salesdock.decimal": Entry(
            "Salesdock wil hier een getal", do: "Schrijf een getal met een decimale punt, zoals 12.50."),
        "salesdock.flag": Entry("Salesdock wil hier 1 of 0", do: "Schrijf 1 voor ja en 0 voor nee."),
        "salesdock.fixed": Entry(
            "Dit is in Salesdock niet meer te wijzigen", do: "Maak de wijziging ongedaan, of maak een nieuw record."),
        "salesdock.admin": Entry(
            "Een afgeronde offerte is alleen met het token van een Admin te wijzigen",
            do: "Gebruik het token van een Admin (scope account), of maak de wijziging ongedaan."),
        "salesdock.unconfirmed": Entry(
            "Salesdock heeft het record niet bevestigd", do: "Niets; de volgende run zoekt het op."),
        "salesdock.look": Entry("Salesdock kon niet worden gevraagd", do: "Draai opnieuw zodra Salesdock antwoordt."),
        "match.ambiguous": Entry(
            "Er passen meerdere records in Salesdock", do: "Voeg ze daar samen, of vergelijk op meer velden."),
        "match.missing": Entry(
            "Salesdock heeft geen record met dit id",
            do:
                "Verbeter het id, of maak het leeg voor een nieuw record; het kan verwijderd zijn, of van een ander account."
        ),
        "match.claimed": Entry(
            "Het passende record hoort bij een andere rij", do: "Verbeter de waarde waarop wordt vergeleken."),
        "match.exists": Entry(
            "Het record staat al in Salesdock", do: "Laat de rij weg, of laat de pijplijn het record bijwerken."),
        "match.open": Entry(
            "Een eerder verzoek voor dit record is nog open", do: "Niets; de volgende run zoekt het op."),
        "drift.edited": Entry(
            "Het record is in Salesdock gewijzigd sinds het werd geschreven",
            do: "Werk de bron bij, of laat de pijplijn overschrijven wat gewijzigd is."),
        "drift.kept": Entry(
            "Het record is in Salesdock gewijzigd en blijft zoals het is", do: "Niets, tenzij de bron gelijk heeft."),
        "plan.differs": Entry("De rij liep anders dan gepland", do: "Maak een nieuw plan."),
        "ref.missing": Entry(
            "Het record waarnaar de rij verwijst staat nog niet in Salesdock",
            do: "Laad dat record; de volgende run neemt de rij mee."),
        "lookup.missing": Entry(
            "Er bestaat niets met deze naam in Salesdock", do: "Maak het aan in Salesdock, of verbeter de waarde."),
        "file.missing": Entry(
            "Het bestand dat de rij noemt ontbreekt", do: "Zet het bestand op zijn plaats, of verbeter de naam."),
        "file.too_large": Entry("Het bestand dat de rij noemt is te groot", do: "Lever een kleiner bestand."),
        "file.outside": Entry(
            "Het bestand dat de rij noemt staat buiten de map van de bron",
            do: "Zet het bestand in of onder de map van de bron."),
    ]
}
