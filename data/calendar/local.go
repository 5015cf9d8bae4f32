package calendar

import (
	"strings"
	"sync"
)

// CompanyHoliday is the name of a date that an operator added without one.
const CompanyHoliday = "Company holiday"

const substitute = " (substitute day)"

// localNames are the names of the table's days in the language of each territory: a column for each, below its code and its
// language (BCP 47), and a row for each name in English. The United Kingdom and Ireland call them as they are called here. Of
// Switzerland, Belgium and Luxembourg it is one of several languages of the law.
const localNames = `|dk|fi|se|no|de|ch|nl|be|lu
|da|fi|sv|nb|de|de|nl|nl|fr
All Saints' Day||Pyhäinpäivä|Alla helgons dag|||||Allerheiligen|Toussaint
Armistice Day||||||||Wapenstilstand|
Ascension Day|Kristi himmelfartsdag|Helatorstai|Kristi himmelsfärdsdag|Kristi himmelfartsdag|Christi Himmelfahrt|Auffahrt|Hemelvaartsdag|O.L.H. Hemelvaart|Ascension
Assumption Day||||||||O.L.V. Hemelvaart|Assomption
Christmas Day|Juledag|Joulupäivä|Juldagen|Første juledag|1. Weihnachtstag|Weihnachtstag|Eerste kerstdag|Kerstmis|Noël
Christmas Eve|Juleaftensdag|Jouluaatto|Julafton||||||
Constitution Day|Grundlovsdag|||Grunnlovsdagen|||||
Easter Monday|2. påskedag|Toinen pääsiäispäivä|Annandag påsk|Andre påskedag|Ostermontag|Ostermontag|Tweede paasdag|Paasmaandag|Lundi de Pâques
Easter Sunday|Påskedag|Pääsiäispäivä|Påskdagen|Første påskedag|||Eerste paasdag||
Epiphany||Loppiainen|Trettondedag jul||||||
Europe Day|||||||||Journée de l’Europe
German Unity Day|||||Tag der Deutschen Einheit||||
Good Friday|Langfredag|Pitkäperjantai|Långfredagen|Langfredag|Karfreitag|Karfreitag|Goede Vrijdag||
Great Prayer Day|Store bededag||||||||
Independence Day||Itsenäisyyspäivä|||||||
King's Day|||||||Koningsdag||
Labour Day||||Arbeidernes dag|Tag der Arbeit|||Dag van de Arbeid|Fête du Travail
Liberation Day|||||||Bevrijdingsdag||
Maundy Thursday|Skærtorsdag|||Skjærtorsdag|||||
May Day||Vappu|Första maj||||||
Midsummer Day||Juhannuspäivä|Midsommardagen||||||
Midsummer Eve||Juhannusaatto|Midsommarafton||||||
National Day|||Sveriges nationaldag|||Bundesfeier||Nationale feestdag|Fête nationale
New Year's Day|Nytårsdag|Uudenvuodenpäivä|Nyårsdagen|Første nyttårsdag|Neujahr|Neujahrstag|Nieuwjaarsdag|Nieuwjaar|Jour de l’An
New Year's Eve|Nytårsaftensdag||Nyårsafton||||||
Queen's Day|||||||Koninginnedag||
Reformation Day|||||Reformationstag||||
Second Day of Christmas|2. juledag|Tapaninpäivä|Annandag jul|Andre juledag|2. Weihnachtstag||Tweede kerstdag||Saint-Étienne
St Stephen's Day||||||Stephanstag|||
Whit Monday|2. pinsedag||Annandag pingst|Andre pinsedag|Pfingstmontag|Pfingstmontag|Tweede pinksterdag|Pinkstermaandag|Lundi de Pentecôte
Whit Sunday|Pinsedag|Helluntaipäivä|Pingstdagen|Første pinsedag|||Eerste pinksterdag||`

// locals are localNames by territory.
type locals struct {
	lang  string
	names map[string]string
}

var local = sync.OnceValue(func() map[string]locals {
	all := map[string]locals{}
	var rows [][]string
	for row := range strings.SplitSeq(localNames, "\n") {
		rows = append(rows, strings.Split(row, "|"))
	}
	for column, code := range rows[0] {
		own := locals{rows[1][column], map[string]string{}}
		for _, row := range rows[2:] {
			if row[column] != "" {
				own.names[row[0]] = row[column]
			}
		}
		if code != "" {
			all[code] = own
		}
	}
	return all
})

// Local is what the holiday is called in its territory, and the language of that. Of a name that an operator gave the language is
// empty: nobody said which it is.
func (h Holiday) Local() (name, lang string) {
	var names []string
	for part := range strings.SplitSeq(h.Name, ", ") { // two holidays may be on one date
		text, in := h.called(part)
		if in == "" {
			return h.Name, ""
		}
		names, lang = append(names, text), in
	}
	return strings.Join(names, ", "), lang
}

// called is Local of one holiday of the table.
func (h Holiday) called(name string) (text, lang string) {
	if own, ok := local()[h.Territory]; ok {
		if text, ok = own.names[name]; ok {
			return text, own.lang
		}
		return "", ""
	}
	e, err := find(h.Territory)
	if err != nil {
		return "", ""
	}
	for _, r := range e.rules {
		if r.name == strings.TrimSuffix(name, substitute) {
			return name, "en"
		}
	}
	return "", ""
}
