package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// visitor reads pages as a person does: with a sign-in, and forms.
type visitor struct {
	client *http.Client
	url    string
}

// visit opens the pages for somebody who has not signed in.
func (s *story) visit() (*visitor, error) {
	jar, err := cookiejar.New(nil)
	return &visitor{client: &http.Client{Jar: jar, Timeout: patience}, url: s.url}, err
}

// enter signs in as one of the sandbox's sample people.
func (s *story) enter(ctx context.Context) (*visitor, error) {
	v, err := s.visit()
	if err != nil {
		return nil, err
	}
	_, err = v.send(ctx, "/en/sandbox/sign-in", url.Values{"person": {strconv.Itoa(s.index)}})
	return v, err
}

func (v *visitor) read(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+path, nil)
	if err != nil {
		return "", err
	}
	return v.do(req)
}

func (v *visitor) send(ctx context.Context, path string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", v.url)
	return v.do(req)
}

func (v *visitor) do(req *http.Request) (string, error) {
	res, err := v.client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the page %s answers %s", req.URL.Path, res.Status)
	}
	return string(page), err
}

// patience is how long the story waits for what workers do within a second.
const patience = 20 * time.Second

// openLetter lets the person open what waits for them until the letter about the
// story's record is open.
func (s *story) openLetter(ctx context.Context) error {
	v, err := s.enter(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	waiting := regexp.MustCompile(`<form method="post" action="(/en/me/notices/([^"/]+))"`)
	for {
		page, err := v.read(ctx, "/en/me/notices")
		if err != nil {
			return fmt.Errorf("no letter about the record came: %w", err)
		}
		m := waiting.FindStringSubmatch(page)
		if m == nil {
			continue
		}
		letter, err := v.send(ctx, m[1], nil)
		if err != nil {
			return err
		}
		record := regexp.MustCompile(`/en/me/records/([^"/?#]+)`).FindStringSubmatch(letter)
		if record == nil {
			return errors.New("the letter does not lead to its record")
		}
		one, err := v.read(ctx, "/en/me/records/"+record[1])
		if err != nil {
			return err
		}
		if strings.Contains(one, s.document) {
			s.record = record[1]
			s.tell(map[string]string{"record": record[1], "notice": m[2]},
				"The person signs in, finds a letter and opens it (%s). From now the time to answer runs; only the person sees record %s.", m[2], record[1])
			return nil
		}
	}
}

// look lets the person read who looked.
func (s *story) look(ctx context.Context) error {
	v, err := s.enter(ctx)
	if err != nil {
		return err
	}
	table, err := v.read(ctx, "/en/me/lookups/export")
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil {
		return fmt.Errorf("reading the list of who looked: %w", err)
	}
	seen := 0
	for _, r := range rows[1:] {
		if slices.Contains(s.asked, r[len(r)-1]) {
			seen++
		}
	}
	if seen != len(s.asked) {
		return fmt.Errorf("%d of %d inquiries stand in the person's list", seen, len(s.asked))
	}
	s.tell(map[string]string{"looks": strconv.Itoa(seen)},
		"The person's list of who looked has all %d inquiries of this story, the refused one too: who, why, under which case, and what they saw.", seen)
	return nil
}
