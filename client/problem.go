package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Problem is what a registry answers where it does not do what was asked (RFC
// 9457).
type Problem struct {
	Status   int    `json:"status"`
	Code     string `json:"code"`     // stable
	Detail   string `json:"detail"`   // what happened, that nothing was lost, what to do
	Field    string `json:"field"`    // what it is about
	Rule     string `json:"rule"`     // the rule of due process that decided
	Instance string `json:"instance"` // the number of the request, to give to the operator
}

// Error is the text for who reads it.
func (p *Problem) Error() string { return p.Detail }

// Unreachable is the error where there was no answer. Send the request again with
// the same idempotency key.
type Unreachable struct {
	Text  string
	Cause error
}

// Error is the text for who reads it; the cause may name an address.
func (u *Unreachable) Error() string { return u.Text }

// Unwrap returns the cause.
func (u *Unreachable) Unwrap() error { return u.Cause }

// longest is how long the client waits at a registry's word before it asks again.
const longest = time.Minute

// problem reads a problem, and how long to wait before it is worth to send the
// request again; negative where it is not.
func problem(res *http.Response, raw []byte) (time.Duration, error) {
	p := &Problem{}
	if err := json.Unmarshal(raw, p); err != nil || p.Code == "" {
		return -1, fmt.Errorf("the registry answered with status %d and no reason", res.StatusCode)
	}
	wait := time.Duration(-1)
	if res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusTooManyRequests {
		seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if after := time.Duration(seconds) * time.Second; err == nil && after >= 0 && after < longest {
			wait = after
		}
	}
	return wait, p
}
