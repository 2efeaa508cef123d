package apikit

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"recourse/internal/fault"
)

// Problem is how an error is written (RFC 9457).
type Problem struct {
	Type     string        `json:"type" doc:"Where the code is explained." example:"/docs/errors/E-TOKEN"`
	Title    string        `json:"title" doc:"The kind of the error, in words."`
	Status   int           `json:"status" doc:"The status of the answer."`
	Detail   string        `json:"detail" doc:"What happened, that nothing was lost, and what to do. Never a value that was sent."`
	Instance string        `json:"instance" doc:"The number of the request, to give to the operator." example:"urn:uuid:6f1c1d0e-6a0b-4c55-9d8e-0f4b8a3c2d11"`
	Code     string        `json:"code" doc:"Stable: it never changes its meaning." example:"E-TOKEN"`
	Field    string        `json:"field,omitempty" doc:"The field, parameter or header that it is about." example:"person.id_number"`
	Rule     string        `json:"rule,omitempty" doc:"The rule of due process that decided." example:"A5"`
	Violated []string      `json:"violated-policies,omitempty" nullable:"false" doc:"The rates that were reached: clerk, body, purpose. Only with E-TOO-OFTEN."`
	Errors   []ProblemPart `json:"errors,omitempty" nullable:"false" doc:"All errors, where there is more than one."`
}

// ProblemPart is one of several errors of a request.
type ProblemPart struct {
	Detail string `json:"detail" doc:"What is wrong and what to do."`
	Code   string `json:"code" doc:"Stable code."`
	Field  string `json:"field,omitempty" doc:"The field that it is about."`
	Rule   string `json:"rule,omitempty" doc:"The rule that decided."`
}

// Faults is several faults of one request. The first decides the status.
type Faults []*fault.Error

// Error joins the texts of the faults.
func (fs Faults) Error() string {
	texts := make([]string, len(fs))
	for i, f := range fs {
		texts[i] = f.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the faults.
func (fs Faults) Unwrap() []error {
	out := make([]error, len(fs))
	for i, f := range fs {
		out[i] = f
	}
	return out
}

// The faults of the machinery. Nothing was done where one of them is answered.
var (
	errNoRoute  = fault.New(fault.NotFound, "E-PATH", "There is no such call. Nothing was done. The calls are listed in "+Prefix+documentPath+".")
	errMethod   = fault.New(fault.Invalid, "E-METHOD", "This call does not take that method. Nothing was done. The header Allow names those it takes.")
	errQuery    = fault.New(fault.Invalid, "E-QUERY", "The query has a parameter that this call does not know, or one twice. Nothing was done. Personal data is never part of an address.")
	errNoQuery  = fault.New(fault.Invalid, "E-QUERY-MISSING", "The query lacks a parameter that this call needs. Nothing was done.")
	errKey      = fault.New(fault.Invalid, "E-KEY", "Send one Idempotency-Key of 1 to 255 visible ASCII characters, so that a repeat is known as one. Nothing was done.").At(keyHeader)
	errMedia    = fault.New(fault.Invalid, "E-MEDIA-TYPE", "The body is not of the media type that this call takes, or it is compressed. Nothing was done. The header Accept-Post names the type.").At("Content-Type")
	errAccept   = fault.New(fault.Invalid, "E-ACCEPT", "None of the media types asked for can be answered. Nothing was done.").At("Accept")
	errTooLarge = fault.New(fault.Invalid, "E-TOO-LARGE", "The body is longer than 64 KiB. Nothing was done.")
	errJSON     = fault.New(fault.Invalid, "E-JSON", "The body is not one JSON value in UTF-8 without doubled names. Nothing was done.")
	errField    = fault.New(fault.Invalid, "E-FIELD", "A field has the wrong kind of value, or is null. Nothing was done. Leave out what has no value.")
	errUnknown  = fault.New(fault.Invalid, "E-FIELD-UNKNOWN", "The body has a field that this call does not know. Nothing was done. Take it out, or correct its name.")
	errSlow     = fault.New(fault.Invalid, "E-SLOW", "The body did not come in time. Nothing was done. Send it again with the same Idempotency-Key.")
	errLate     = fault.New(fault.Unavailable, "E-LATE", "The time for an answer ran out. Nothing was lost. Send the request again with the same Idempotency-Key: nothing is done twice.")
	errOpenDoor = errors.New("an empty token was taken for a valid one")
)

// statusOf is the one table from kinds to statuses, with the few codes for which
// HTTP has a status of its own. Refused is 403: who asks is known, and sending
// it again or as somebody else changes nothing.
func statusOf(f *fault.Error) int {
	switch f.Code {
	case errKey.Code, errJSON.Code:
		return http.StatusBadRequest
	case errMethod.Code:
		return http.StatusMethodNotAllowed
	case errAccept.Code:
		return http.StatusNotAcceptable
	case errSlow.Code:
		return http.StatusRequestTimeout
	case errTooLarge.Code:
		return http.StatusRequestEntityTooLarge
	case errMedia.Code:
		return http.StatusUnsupportedMediaType
	}
	status, _ := kindOf(f.Kind)
	return status
}

// kindOf returns status and title of a kind.
func kindOf(k fault.Kind) (int, string) {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity, "The request cannot be taken"
	case fault.Unsigned:
		return http.StatusUnauthorized, "No valid token or signature"
	case fault.Forbidden:
		return http.StatusForbidden, "Not allowed"
	case fault.NotFound:
		return http.StatusNotFound, "Not found"
	case fault.Conflict:
		return http.StatusConflict, "Something else holds"
	case fault.Refused:
		return http.StatusForbidden, "A rule forbids it"
	case fault.Unavailable:
		return http.StatusServiceUnavailable, "Not available now"
	case fault.TooMany:
		return http.StatusTooManyRequests, "Too many requests"
	}
	return http.StatusInternalServerError, "A failure on our side"
}

// Seconds after which it is worth to try again.
const (
	retrySoon  = "5"
	retryLater = 60
)

// fail writes the problem for an error.
func (a *API) fail(c *Call, header http.Header, err error) {
	f := faultOf(err)
	p := Problem{Type: "/docs/errors/" + f.Code, Status: statusOf(f), Detail: f.Text,
		Instance: "urn:uuid:" + c.Number, Code: f.Code, Field: f.Field, Rule: f.Rule}
	_, p.Title = kindOf(f.Kind)
	var several Faults
	if errors.As(err, &several) && len(several) > 1 {
		for _, f := range several {
			p.Errors = append(p.Errors, ProblemPart{Detail: f.Text, Code: f.Code, Field: f.Field, Rule: f.Rule})
		}
	}
	wait := int64(retryLater)
	if often := (*tooOften)(nil); errors.As(err, &often) {
		p.Violated, wait = often.violated, seconds(often.wait)
	}
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) { // who went away is no failure
		a.Log.Error("a call failed", "code", f.Code, "error", err, "route", c.pattern(), "request", c.Number)
	}
	body, err := json.Marshal(p)
	if err != nil { // a text that is not UTF-8
		body = []byte(`{"code":"E-INTERNAL"}`)
	}
	reply := Reply{Status: p.Status, Type: "application/problem+json", Body: body, Header: http.Header{}}
	for name, values := range header {
		reply.Header[name] = values
	}
	switch p.Status {
	case http.StatusUnauthorized:
		reply.Header.Set("WWW-Authenticate", `Bearer realm="recourse"`)
		if a.Keys != nil {
			reply.Header.Set("Accept-Signature", acceptSignature(c.r.Method))
		}
	case http.StatusServiceUnavailable:
		reply.Header.Set("Retry-After", retrySoon)
	case http.StatusTooManyRequests:
		reply.Header.Set("Retry-After", strconv.FormatInt(wait, 10))
	case http.StatusRequestTimeout:
		reply.Header.Set("Connection", "close")
	case http.StatusUnsupportedMediaType:
		reply.Header.Set("Accept-Post", strings.Join(c.route.takes(), ", "))
	}
	a.answer(c, reply)
}

// faultOf is fault.Of, where a deadline that passed is told from a failure.
func faultOf(err error) *fault.Error {
	f := fault.Of(err)
	if f.Kind == fault.Internal && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return errLate.Because(err)
	}
	return f
}
