/** Everyday nouns by gender, for scenes: "der neue Waschbecken". Singular forms; weak masculines are left out. */
export const everydayNouns: Readonly<Record<"m" | "f" | "n", string>> = {
  m: `Abend Abwasch Advent Apfel Arm Aufzug Auflauf Ball Balkon Bach Bart Baum Berg Besuch Bleistift Boden Brief Bruder
    Bus Daumen Deckel Donner Durst Eingang Einkauf Einkaufszettel Fleck Flur Freitag Freund Frost Frühling Fuß Garten Gast
    Geburtstag Geschmack Gruß Hafen Hals Handschuh Hase Herbst Herd Himmel Hof Honig Hund Hunger Hut Kaffee Kakao Karton
    Keller Keks Koffer Kopf Kuchen Kühlschrank Laden Lärm Löffel Mai März Matsch Mittag Mittwoch Mond Montag Morgen Mund
    Müll Nachmittag Nagel Namenstag Nebel Ofen Onkel Opa Ort Preis Pullover Punkt Rand Rasen Regen Rest Rock Rücken
    Ruf Saft Salat Samstag Sand Satz Schal Schalter Schatten Schlaf Schlüssel Schlüsselbund Schnee Schoß Schreibtisch
    Schritt Schuh Sommer Sonnabend Sonntag Spaziergang Staub Staubsauger Stecker Stiefel Stift Strand Strauß Streit Strumpf
    Tag Tanz Tee Teig Ton Traum Umzug Urlaub Vater Vogel Vormittag Wald Wecker Weg Wein Wind Winter Witz Wunsch Zahn Zaun
    Zettel Zucker Zug Platz Sitz April August Dezember Februar Januar Juli Juni November Oktober September Anfang Kundendienst
    Käse Stapel Film Blick Zweig Finger Stock Raum Bauch Schluss Hammer Gutschein Kreis Grund Turm Plan Dübel Krümel Kauf
    Moment Schlafanzug Laptop Schluck Brei Gang Sprung Kamm Abstand Ärmel Sohn Zahnarzt Monat Sport Unterschied Trockner
    Bäcker Rauch Spalt Strom Park Markt Fernseher Föhn Aufbau Kram Pfeffer Steg Kürbis Atlas Supermarkt Vertrag Melder
   
    Fall`,
  f: `Angst Antwort Arbeit Art Bettdecke Bahn Bluse Brille Brücke Butter Dusche Ecke Erde Fahrt Familie Farbe Feier
    Fensterbank Frage Frau Freude Geschichte Großmutter Hand Haustür Hausaufgabe Heizung Hose Idee Insel Jacke Kartoffel
    Katze Küche Kirche Lücke Luft Lust Marmelade Milch Minute Mitte Mütze Musik Mutter Nacht Nase Nuss Oma Pause Person
    Post Prüfung Reihe Reise Ruhe Sache Schokolade Schule Schulter Schwester Seite Socke Sonne Spülmaschine Stadt Stelle
    Stille Straße Straßenbahn Stunde Suppe Tante Terrasse Tochter Tomate Tomatensoße Tüte Wahrheit Waschmaschine Welle
    Wiese Woche Wohnung Zahnbürste Zeit Zeitung Zahl Zitrone Zugfahrt Zukunft Schublade Nachbarin Freundin Höhe Sitzhöhe Breite Tiefe Länge Größe Fläche
    Liegefläche Weile Leine Minze Farbe Nähe Hälfte Scheibe Soße Karte Garage Meise Pizza Maschine Ausrede Amsel
    Postkarte Theke Geduld Regel Banane Eile Probe Nachricht Stufe Eule Kante Kälte Münze Kammer Schnur Suche Kurve
    Schraube Werkstatt Kasse Wolke Spüle Laune Torte Batterie Klappe Ebene Schaukel Kastanie Hausarbeit Sammlung`,
  n: `Abendbrot Abendessen Auge Auto Bad Badezimmer Bein Bier Blatt Boot Brot Brötchen Büro Dach Dorf Ende
    Esszimmer Fahrrad Fenster Fensterbrett Fest Feuer Foto Frühstück Gästezimmer Gedicht Geld Geräusch Gesicht Gespräch
    Gewitter Gras Haar Handy Heft Hemd Herz Holz Homeoffice Huhn Jahr Kapitel Kind Kinderzimmer Kleid Klavier Konzert
    Laub Leben Lied Loch Meer Mehl Mittagessen Ohr Paar Paket Papier Pflaster Schlafzimmer Salz Stück Telefon Theater
    Treppenhaus Waschbecken Wasser Wasserglas Wetter Wochenende Wohnzimmer Wort Zimmer Zuhause Kinn Glück Etikett Baby Basilikum Geländer Weihnachten Öl Feld Rezept Geschenk Schiff
    Geflecht Gewicht Müsli Obst Gemüse Garn Picknick Werkzeug Land Strickzeug Eis Problem Ding`,
};

/** Plurals of everyday nouns: "vier Hemd", "die nasse Jacken", "die Füße dampft". */
export const everydayPlurals = `Kinder Füße Gäste Schuhe Böden Schubladen Socken Minuten Leute Plätze Jacken Nudeln Augen
  Seiten Hemden Hausaufgaben Ferien Nachbarinnen Schrauben Briefe Ebenen Tage Abende Kekse Hände Jahre Blätter Freunde
  Stifte Stufen Mützen Dinge Stunden Äpfel Karten Wollsocken Wochen Tomaten Eier Schritte Klappen Farben Beine Kartoffeln
  Sachen Handschuhe Zweige Gespräche Zähne Kirschen Fliesen Geschichten Nächte Zahlen Kastanien Maße Ecken Nüsse Tulpen
  Federn Eltern Großeltern Batterien Haare Zeitungen Wolken Tüten Brote Rechnungen Hosen Hefte Ohren Katzen Hunde Vögel
  Sitze Decken Bausteine Schultern Punkte Pfoten Reste Wohnungen Zimmerpflanzen Stofftiere Brötchen Streichhölzer`;
