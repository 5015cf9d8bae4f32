package calendar

import (
	"fmt"
	"strings"
)

// Territory is a country of the contract units (L2).
type Territory struct {
	Code string // ISO 3166-1, lower case: "no"
	Name string // in English: "Norway"
	Zone string // IANA: "Europe/Oslo"
}

// entry is a territory with its table.
type entry struct {
	Territory
	rules []rule
}

// entries are the territories in the order of the contract.
var entries = []entry{
	{Territory{"dk", "Denmark", "Europe/Copenhagen"}, denmark},
	{Territory{"fi", "Finland", "Europe/Helsinki"}, finland},
	{Territory{"se", "Sweden", "Europe/Stockholm"}, sweden},
	{Territory{"no", "Norway", "Europe/Oslo"}, norway},
	{Territory{"de", "Germany", "Europe/Berlin"}, germany},
	{Territory{"gb", "United Kingdom", "Europe/London"}, britain},
	{Territory{"ie", "Ireland", "Europe/Dublin"}, ireland},
	{Territory{"ch", "Switzerland", "Europe/Zurich"}, switzerland},
	{Territory{"nl", "Netherlands", "Europe/Amsterdam"}, netherlands},
	{Territory{"be", "Belgium", "Europe/Brussels"}, belgium},
	{Territory{"lu", "Luxembourg", "Europe/Luxembourg"}, luxembourg},
}

// Territories are all that have a table, in the order of the contract.
func Territories() []Territory {
	out := make([]Territory, len(entries))
	for i, e := range entries {
		out[i] = e.Territory
	}
	return out
}

// Lookup finds a territory by its code. The error names the codes there are.
func Lookup(code string) (Territory, error) {
	e, err := find(code)
	return e.Territory, err
}

// find is Lookup with the table.
func find(code string) (entry, error) {
	codes := make([]string, len(entries))
	for i, e := range entries {
		if e.Code == code {
			return e, nil
		}
		codes[i] = e.Code
	}
	if code == "uk" {
		return entry{}, fmt.Errorf(`territory "uk" is unknown: the United Kingdom is gb`)
	}
	return entry{}, fmt.Errorf("territory %q is unknown: use one of %s", code, strings.Join(codes, ", "))
}
