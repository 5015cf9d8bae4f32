package config

type freeze struct {
	ID         string   `yaml:"id" req:"yes" doc:"Name of the freeze in configuration." eg:"christmas-2026"`
	Name       text     `yaml:"name" doc:"What people call it, in reasons: text, or a text per language. Without it: the id."`
	From       string   `yaml:"from" req:"yes" doc:"Its first day, YYYY-MM-DD, on the clock of each plan's zone." eg:"2026-12-18"`
	Until      string   `yaml:"until" doc:"Its last day, counted in. Give this or days." eg:"2027-01-03"`
	Days       int      `yaml:"days" doc:"How many days it lasts, 1 to 400." eg:"17"`
	Effect     string   `yaml:"effect" enum:"warn move withhold" def:"withhold" doc:"What becomes of a window that touches one of its days. warn: it takes place, and operators are told. move: it takes place on a free day, with the same clock readings. withhold: it does not take place."`
	Move       string   `yaml:"move" enum:"later earlier" def:"later" doc:"Which way a window moves."`
	Step       span     `yaml:"step" def:"7d" doc:"Whole days from one day that is tried to the next, 1d to 28d; 7d keeps the weekday." eg:"1d"`
	Within     span     `yaml:"within" def:"56d" doc:"Whole days that a window may move at most, up to 182d; where none of them is free it is withheld." eg:"28d"`
	Categories []string `yaml:"categories" enum:"system application recycle microsoft infrastructure" doc:"The kinds of maintenance that it is for. Without categories and plans: every plan but recycling and standing ones."`
	Plans      []string `yaml:"plans" doc:"The plans that it is for, besides those of categories." eg:"system"`
}

type holidays struct {
	Territories []string        `yaml:"territories" req:"yes" doc:"Whose holidays: be, ch, de, dk, fi, gb, ie, lu, nl, no or se." eg:"no"`
	Customary   bool            `yaml:"customary" doc:"Also the days that are no holidays by law but kept like them, such as Midsummer Eve in Sweden."`
	Add         []holidayChange `yaml:"add" doc:"Dates that are holidays besides."`
	Remove      []holidayChange `yaml:"remove" doc:"Dates that are none."`
	Effect      string          `yaml:"effect" enum:"warn move withhold" def:"warn" doc:"What becomes of a window that touches one of them, as for a freeze."`
	Move        string          `yaml:"move" enum:"later earlier" def:"later" doc:"Which way a window moves."`
	Step        span            `yaml:"step" def:"7d" doc:"Whole days from one day that is tried to the next, 1d to 28d; 7d keeps the weekday." eg:"1d"`
	Within      span            `yaml:"within" def:"56d" doc:"Whole days that a window may move at most, up to 182d; where none of them is free it is withheld." eg:"28d"`
	Categories  []string        `yaml:"categories" enum:"system application recycle microsoft infrastructure" doc:"The kinds of maintenance that they are for. Without categories and plans: every plan but recycling and standing ones."`
	Plans       []string        `yaml:"plans" doc:"The plans that they are for, besides those of categories." eg:"system"`
}

type holidayChange struct {
	Date      string `yaml:"date" req:"yes" doc:"The date, YYYY-MM-DD." eg:"2026-12-24"`
	Territory string `yaml:"territory" doc:"Where. Without it: in each territory of the entry." eg:"no"`
	Name      string `yaml:"name" doc:"What the day is called, of one that is added."`
}
