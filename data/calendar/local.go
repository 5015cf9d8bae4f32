package calendar

import "strings"

// CompanyHoliday is the name of a date that an operator added without one.
const CompanyHoliday = "Company holiday"

const substitute = " (substitute day)"

// local are the names of the table's days in the language of each territory, by their names in English. The United Kingdom and
// Ireland call them as they are called here. Of Switzerland, Belgium and Luxembourg it is one of several languages of the law.
var local = map[string]struct {
	lang  string // BCP 47
	names map[string]string
}{
	"dk": {"da", map[string]string{
		newYear: "Nytårsdag", maundyThursday: "Skærtorsdag", goodFriday: "Langfredag", easterDay: "Påskedag", easterMonday: "2. påskedag", "Great Prayer Day": "Store bededag",
		ascension: "Kristi himmelfartsdag", whitSunday: "Pinsedag", whitMonday: "2. pinsedag", "Constitution Day": "Grundlovsdag", christmasEve: "Juleaftensdag",
		christmas: "Juledag", boxingDay: "2. juledag", newYearsEve: "Nytårsaftensdag",
	}},
	"fi": {"fi", map[string]string{
		newYear: "Uudenvuodenpäivä", epiphany: "Loppiainen", goodFriday: "Pitkäperjantai", easterDay: "Pääsiäispäivä", easterMonday: "Toinen pääsiäispäivä", "May Day": "Vappu",
		ascension: "Helatorstai", whitSunday: "Helluntaipäivä", midsummerEve: "Juhannusaatto", midsummerDay: "Juhannuspäivä", allSaints: "Pyhäinpäivä",
		"Independence Day": "Itsenäisyyspäivä", christmasEve: "Jouluaatto", christmas: "Joulupäivä", boxingDay: "Tapaninpäivä",
	}},
	"se": {"sv", map[string]string{
		newYear: "Nyårsdagen", epiphany: "Trettondedag jul", goodFriday: "Långfredagen", easterDay: "Påskdagen", easterMonday: "Annandag påsk", "May Day": "Första maj",
		ascension: "Kristi himmelsfärdsdag", whitSunday: "Pingstdagen", whitMonday: "Annandag pingst", "National Day": "Sveriges nationaldag", midsummerEve: "Midsommarafton",
		midsummerDay: "Midsommardagen", allSaints: "Alla helgons dag", christmasEve: "Julafton", christmas: "Juldagen", boxingDay: "Annandag jul", newYearsEve: "Nyårsafton",
	}},
	"no": {"nb", map[string]string{
		newYear: "Første nyttårsdag", maundyThursday: "Skjærtorsdag", goodFriday: "Langfredag", easterDay: "Første påskedag", easterMonday: "Andre påskedag",
		labourDay: "Arbeidernes dag", "Constitution Day": "Grunnlovsdagen", ascension: "Kristi himmelfartsdag", whitSunday: "Første pinsedag", whitMonday: "Andre pinsedag",
		christmas: "Første juledag", boxingDay: "Andre juledag",
	}},
	"de": {"de", map[string]string{
		newYear: "Neujahr", goodFriday: "Karfreitag", easterMonday: "Ostermontag", labourDay: "Tag der Arbeit", ascension: "Christi Himmelfahrt", whitMonday: "Pfingstmontag",
		"German Unity Day": "Tag der Deutschen Einheit", "Reformation Day": "Reformationstag", christmas: "1. Weihnachtstag", boxingDay: "2. Weihnachtstag",
	}},
	"ch": {"de", map[string]string{
		newYear: "Neujahrstag", goodFriday: "Karfreitag", easterMonday: "Ostermontag", ascension: "Auffahrt", whitMonday: "Pfingstmontag", "National Day": "Bundesfeier",
		christmas: "Weihnachtstag", "St Stephen's Day": "Stephanstag",
	}},
	"nl": {"nl", map[string]string{
		newYear: "Nieuwjaarsdag", goodFriday: "Goede Vrijdag", easterDay: "Eerste paasdag", easterMonday: "Tweede paasdag", "Queen's Day": "Koninginnedag", "King's Day": "Koningsdag",
		"Liberation Day": "Bevrijdingsdag", ascension: "Hemelvaartsdag", whitSunday: "Eerste pinksterdag", whitMonday: "Tweede pinksterdag", christmas: "Eerste kerstdag",
		boxingDay: "Tweede kerstdag",
	}},
	"be": {"nl", map[string]string{
		newYear: "Nieuwjaar", easterMonday: "Paasmaandag", labourDay: "Dag van de Arbeid", ascension: "O.L.H. Hemelvaart", whitMonday: "Pinkstermaandag",
		"National Day": "Nationale feestdag", assumption: "O.L.V. Hemelvaart", allSaints: "Allerheiligen", "Armistice Day": "Wapenstilstand", christmas: "Kerstmis",
	}},
	"lu": {"fr", map[string]string{
		newYear: "Jour de l’An", easterMonday: "Lundi de Pâques", labourDay: "Fête du Travail", "Europe Day": "Journée de l’Europe", ascension: "Ascension",
		whitMonday: "Lundi de Pentecôte", "National Day": "Fête nationale", assumption: "Assomption", allSaints: "Toussaint", christmas: "Noël", boxingDay: "Saint-Étienne",
	}},
}

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
	if own, ok := local[h.Territory]; ok {
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
