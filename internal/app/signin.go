package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"recourse/internal/kit/authkit"
	"recourse/internal/kit/opkit"
	"recourse/internal/kit/webkit"
	"recourse/internal/party/partyweb"
)

// signIns is the file that says at which providers people sign in (docs/howto/sign-in.md).
type signIns struct {
	Persons *signInAt  `json:"persons"`
	Staff   []signInAt `json:"staff"`
}

// signInAt is one provider.
type signInAt struct {
	Name       map[string]string `json:"name"`        // of the service, by language
	Issuer     string            `json:"issuer"`      // as the provider writes it
	ClientID   string            `json:"client_id"`   // of this registry
	SecretFile string            `json:"secret_file"` // with the client's secret in its first line; none for a public client
	Scopes     []string          `json:"scopes"`      // besides openid
	ACR        []string          `json:"acr"`         // ways of signing in that are strong enough; none for all
	Body       string            `json:"body"`        // whose staff signs in there; none where a claim says
	Code       string            `json:"code"`        // of the door of staff, in its address
	Claims     struct {
		IDType string `json:"id_type_is"` // type of all identifiers, where no claim says
		Type   string `json:"id_type"`
		Number string `json:"number"`
		Birth  string `json:"birth"`
		Body   string `json:"body"`
	} `json:"claims"`
}

// readSignIns reads the file strictly; without one it is empty.
func (c *Config) readSignIns() (signIns, error) {
	var s signIns
	if c.SignInFile == "" {
		return s, nil
	}
	raw, err := os.ReadFile(c.SignInFile)
	if err != nil {
		return s, fmt.Errorf("sign-in-file cannot be read: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("sign-in-file is not as docs/howto/sign-in.md says: %w", err)
	}
	return s, nil
}

// checkSignIns says what is wrong with how people sign in.
func (c *Config) checkSignIns() error {
	s, err := c.readSignIns()
	if err != nil {
		return err
	}
	if c.Mode == Production && s.Persons == nil {
		return errors.New("sign-in-file names no provider for persons: production opens a file to nobody whom an identity service did not name")
	}
	_, err = c.doors(s, "https://registry.example.org")
	return err
}

// doors are the providers that a file names, for a registry at an address.
func (c *Config) doors(s signIns, origin string) (out []partyweb.Door, err error) {
	if s.Persons != nil {
		one := *s.Persons
		one.Code = partyweb.PersonDoor
		if one.Claims.Number == "" || (one.Claims.IDType == "") == (one.Claims.Type == "") || one.Body != "" {
			return nil, errors.New("sign-in-file: persons need the claim with the official number, and either id_type or id_type_is; no body")
		}
		if out, err = c.addDoor(out, one, origin); err != nil {
			return nil, err
		}
	}
	for i, one := range s.Staff {
		if one.Code == "" || slices.Contains(partyweb.Taken(), one.Code) || strings.ContainsAny(one.Code, "/?#%. ") {
			return nil, fmt.Errorf("sign-in-file: staff %d needs a code of its own, of letters and digits", i+1)
		}
		if one.Claims.Number == "" || (one.Body == "") == (one.Claims.Body == "") {
			return nil, fmt.Errorf("sign-in-file: %s needs the claim with the staff number, and either a body or the claim that names one", one.Code)
		}
		if out, err = c.addDoor(out, one, origin); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Config) addDoor(all []partyweb.Door, one signInAt, origin string) ([]partyweb.Door, error) {
	for _, d := range all {
		if d.Code == one.Code {
			return nil, fmt.Errorf("sign-in-file: %s stands twice", one.Code)
		}
	}
	for _, lang := range webkit.Langs() {
		if one.Name[lang] == "" {
			return nil, fmt.Errorf("sign-in-file: %s has no name in %s", one.Code, lang)
		}
	}
	secret := ""
	if one.SecretFile != "" {
		raw, err := os.ReadFile(one.SecretFile)
		if err != nil {
			return nil, fmt.Errorf("sign-in-file: the secret of %s cannot be read: %w", one.Code, err)
		}
		secret, _, _ = strings.Cut(string(raw), "\n")
	}
	p, err := authkit.NewProvider(authkit.ProviderConfig{Issuer: one.Issuer, ClientID: one.ClientID, Secret: strings.TrimSpace(secret), Redirect: backTo(origin, one.Code),
		Scopes: one.Scopes, ACR: one.ACR, Loopback: c.Mode == Sandbox})
	if err != nil {
		return nil, fmt.Errorf("sign-in-file: %s: %w", one.Code, err)
	}
	return append(all, partyweb.Door{Code: one.Code, Names: one.Name, Provider: p, Staff: one.Code != partyweb.PersonDoor, Body: one.Body,
		Claims: partyweb.Claims{IDType: one.Claims.IDType, Type: one.Claims.Type, Number: one.Claims.Number, Birth: one.Claims.Birth, Body: one.Claims.Body}}), nil
}

// backTo is where a provider sends browsers back to.
func backTo(origin, code string) string {
	return strings.TrimSuffix(origin, "/") + "/sign-in/" + code + "/back"
}

// sandboxProvider is the path of the sandbox's own provider.
const sandboxProvider = "/sandbox/provider"

// openDoors makes the providers at which people sign in. A sandbox without one for
// persons has its own, at which they choose who to be.
func (h *House) openDoors() error {
	s, err := h.cfg.readSignIns()
	if err != nil {
		return err
	}
	if h.doors, err = h.cfg.doors(s, h.cfg.BaseURL); err != nil || h.cfg.Mode != Sandbox || s.Persons != nil {
		return err
	}
	origin := strings.TrimSuffix(h.cfg.BaseURL, "/")
	issuer, back := origin+sandboxProvider, backTo(origin, partyweb.PersonDoor)
	if h.provider, err = opkit.New(opkit.Config{Issuer: issuer, Client: "registry", Redirect: back, Scope: "identity",
		Login: func(request string) string { return origin + "/sandbox/sign-in?request=" + request }}); err != nil {
		return err
	}
	p, err := authkit.NewProvider(authkit.ProviderConfig{Issuer: issuer, ClientID: "registry", Redirect: back, Scopes: []string{"identity"}, Loopback: true,
		Client: &http.Client{Transport: h.provider.Transport()}})
	if err != nil {
		return err
	}
	h.doors = append(h.doors, partyweb.Door{Code: partyweb.PersonDoor, Provider: p, Names: map[string]string{"zh": "沙盒的身份服务", "en": "the sandbox's identity service"},
		Claims: partyweb.Claims{Type: "id_type", Number: "id_number", Birth: "birthdate"}})
	return nil
}

// byName leads who comes to sign in at this machine by its number to where it has a name:
// what they get on the way there and back is kept for the name alone.
func (h *House) byName(next http.Handler) http.Handler {
	u, err := url.Parse(h.cfg.BaseURL)
	if err != nil || u.Hostname() != "localhost" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.Host) // what has no port is not here
		if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/sign-in") || !net.ParseIP(host).IsLoopback() {
			next.ServeHTTP(w, r)
			return
		}
		to := url.URL{Scheme: u.Scheme, Host: u.Host, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusTemporaryRedirect)
	})
}
