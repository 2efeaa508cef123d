package app_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"recourse/internal/app"
)

// TestSignIn_config refuses how nobody may sign in.
func TestSignIn_config(t *testing.T) {
	t.Parallel()
	person := `{"name":{"zh":"样","en":"sample"},"issuer":"%s","client_id":"registry","claims":{"id_type_is":"cn-id","number":"n"}}`
	at := func(issuer string) string { return `{"persons":` + strings.Replace(person, "%s", issuer, 1) + `}` }
	staff := `{"staff":[{"code":"one","name":{"zh":"样","en":"sample"},"issuer":"https://id.example.org","client_id":"registry","claims":{"number":"n","body":"b"}}]}`
	for _, c := range []struct {
		name, file string
		mode       app.Mode
		want       string // part of what is said; empty where it starts
	}{
		{"production over https", at("https://id.example.org"), app.Production, ""},
		{"production over http", at("http://id.example.org"), app.Production, "https://"},
		{"production on a loopback address", at("http://127.0.0.1:9"), app.Production, "https://"},
		{"production without a provider", ``, app.Production, "names no provider for persons"},
		{"production with staff alone", staff, app.Production, "names no provider for persons"},
		{"a sandbox with staff alone", staff, app.Sandbox, ""},
		{"a sandbox on a loopback address", at("http://127.0.0.1:9"), app.Sandbox, ""},
		{"a sandbox over http", at("http://id.example.org"), app.Sandbox, "https://"},
		{"an unknown key", `{"person":{}}`, app.Sandbox, "sign-in.md"},
		{"no claim", strings.Replace(at("https://id.example.org"), `"number":"n"`, `"birth":"n"`, 1), app.Sandbox, "official number"},
		{"two of a code", strings.Replace(staff, `[{`, `[{"code":"one","name":{"zh":"样","en":"sample"},"issuer":"https://id.example.org","client_id":"registry","claims":{"number":"n","body":"b"}},{`, 1), app.Sandbox, "stands twice"},
		{"no name", strings.Replace(staff, `"zh":"样"`, `"zh":""`, 1), app.Sandbox, "no name in zh"},
	} {
		cfg := app.Config{DataDir: t.TempDir(), Mode: c.mode, Listen: "127.0.0.1:0", BaseURL: "https://registry.example.org", SMTP: app.SMTP{Host: "mail.example.org", From: "a@example.org"}}
		if c.file != "" {
			cfg.SignInFile = t.TempDir() + "/sign-in.json"
			if err := os.WriteFile(cfg.SignInFile, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		err := cfg.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, c := range []struct {
		name string
		s    app.Session
		ok   bool
	}{{"none", app.Session{}, true}, {"a day", app.Session{Idle: 24 * time.Hour, Most: 24 * time.Hour, ClerkIdle: time.Hour, ClerkMost: time.Hour, Fresh: time.Hour}, true},
		{"a second", app.Session{Idle: time.Second, Most: time.Hour, ClerkIdle: time.Hour, ClerkMost: time.Hour, Fresh: time.Hour}, false}, {"a week", app.Session{Idle: time.Hour, Most: 168 * time.Hour, ClerkIdle: time.Hour, ClerkMost: time.Hour, Fresh: time.Hour}, false}} {
		cfg := app.Config{DataDir: t.TempDir(), Mode: app.Sandbox, Listen: "127.0.0.1:0", Session: c.s}
		if err := cfg.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
