package config_test

import (
	"fmt"

	"github.com/superoffice/statusd/cmd/statusd/config"
)

func ExampleParse() {
	_, err := config.Parse("statusd.yaml", []byte(`page:
  public_ulr: https://status.example.com
maintenance:
  - id: system
    category: system
    rule: FREQ=WEEKLY;BYDAY=FR
    anchor: 2026-01-03
    start: "00:00"
    end: "06:00"
`), config.Options{})
	fmt.Println(err)
	// Output:
	// statusd.yaml:2:3: page has no key "public_ulr": did you mean "public_url"?
	// statusd.yaml:7:13: anchor: 2026-01-03 is a Saturday and no date of "FREQ=WEEKLY;BYDAY=FR": use Friday 2026-01-02 or Friday 2026-01-09
}

func ExampleConfig_Print() {
	c, err := config.Parse("statusd.yaml", []byte("page: {name: Example Status}\n"), config.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Page.Name, c.Page.Target, c.Components[0].Slug, c.Components[0].Origin[:len("default.yaml")])
	text, err := c.Print()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.28s\n", text)
	// Output:
	// Example Status 0.998 login default.yaml
	// page:
	//   name: Example Status
}
