package letter_test

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
)

func ExampleWrite() {
	l, err := letter.Write(letter.Facts{
		Lang: i18n.EN, Kind: letter.End, Product: "CRM", Categories: []string{"system"}, Contract: true,
		Start: time.Date(2026, time.January, 15, 23, 0, 0, 0, time.UTC),
		End:   time.Date(2026, time.January, 16, 5, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(l.Subject)
	fmt.Println()
	fmt.Print(l.Text)
	// Output:
	// [CRM] Maintenance completed: System maintenance, 15 Jan 2026
	//
	// Hello,
	//
	// The maintenance on CRM is completed.
	//
	// What: System maintenance
	// Ended: Friday 16 January 2026 05:00 (UTC)
	// Applies to: all customers
	//
	// The service is available as usual. If something does not work, please tell us.
	//
	// You receive this message because you are registered as a contact for your organisation. It concerns the operation of the service and is sent regardless of your newsletter settings.
}
