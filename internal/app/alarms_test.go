package app

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// alarm is one rule of ops/recourse.rules.yml.
type alarm struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alarms(t *testing.T) map[string]alarm {
	t.Helper()
	raw, err := os.ReadFile("../../ops/recourse.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string  `yaml:"name"`
			Rules []alarm `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]alarm{}
	for _, g := range file.Groups {
		for _, a := range g.Rules {
			out[a.Alert] = a
		}
	}
	return out
}

// rings says whether an alarm of the form "metric > number" rings at a value.
func (a alarm) rings(t *testing.T, metric string, value float64) bool {
	t.Helper()
	var limit float64
	if _, err := fmt.Sscanf(a.Expr, metric+" > %f", &limit); err != nil {
		t.Fatalf("%s: %q is not a limit of %s", a.Alert, a.Expr, metric)
	}
	return value > limit
}

// TestAlarms: they ring on figures that there are, before disclosures stop, and not while
// all is well: at twice the time between two steps of publishing, and at the age at which
// witnesses are asked anew.
func TestAlarms(t *testing.T) {
	t.Parallel()
	all := alarms(t)
	const stops = 10 * time.Minute // --log-max-lag
	for name, c := range map[string]struct {
		metric     string
		well, rung time.Duration
	}{
		"RecoursePublicationLags":  {"recourse_log_lag_seconds", 2 * publishEvery, time.Minute},
		"RecoursePublicationStuck": {"recourse_log_lag_seconds", time.Minute, stops - time.Minute},
		"RecourseWitnessOld":       {"recourse_log_witness_age_seconds", witnessAge + time.Minute, time.Hour},
	} {
		a, is := all[name]
		if !is || a.rings(t, c.metric, c.well.Seconds()) || !a.rings(t, c.metric, c.rung.Seconds()) {
			t.Errorf("%s: %q", name, a.Expr)
		}
	}
	known := regexp.MustCompile(`recourse_[a-z_]+`)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		a := all[name]
		if a.Annotations["summary"] == "" || a.Annotations["description"] == "" || a.Labels["severity"] == "" {
			t.Errorf("%s does not say what it means", name)
		}
		for _, metric := range known.FindAllString(a.Expr, -1) {
			if !slices.Contains([]string{"recourse_log_lag_seconds", "recourse_log_entries", "recourse_log_witness_age_seconds", "recourse_http_request_seconds_count"}, metric) {
				t.Errorf("%s looks at %s, which TestLogGauges does not measure", name, metric)
			}
		}
	}
}
