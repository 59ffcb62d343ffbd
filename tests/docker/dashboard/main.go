// Checks a dashboard against Grafana's own schema: fields that it must have, fields that it may have, and their types.
// Usage: go run . FILE; exit status 1 if it prints errors.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

func check(file string) error {
	// Without the schema of their kind, the options of a panel and the fields of a query would be accepted unread.
	runtime := cog.NewRuntime()
	runtime.RegisterPanelcfgVariant(timeseries.VariantConfig())
	runtime.RegisterDataqueryVariant(prometheus.VariantConfig())

	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	// A list of errors that is empty is no error, although it is not nil.
	var strict, found dashboard.Dashboard
	var all cog.BuildErrors
	if err := strict.UnmarshalJSONStrict(text); !errors.As(err, &all) || len(all) > 0 {
		return err
	}
	if err := json.Unmarshal(text, &found); err != nil {
		return err
	}
	for _, panel := range found.Panels {
		if panel.Panel == nil || panel.Panel.Type != "timeseries" {
			return errors.New("a panel is no timeseries; register the schema of its kind in this program")
		}
	}
	return found.Validate()
}

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
