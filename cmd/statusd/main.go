// Statusd knows a company's maintenance schedule, watches its services, keeps an uptime figure that a contract can rest
// on, tells every customer in time, and shows all of it live.
package main

import (
	"os"

	_ "time/tzdata" // the binary carries its zone data

	_ "golang.org/x/crypto/x509roots/fallback" // and the roots to check certificates by
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
