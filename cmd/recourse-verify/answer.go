package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/signkit"
	"recourse/internal/proof"
)

// errAnswer says that an answer is not what the registry signed.
var errAnswer = fault.New(fault.Invalid, "E-PROOF-ANSWER", "The answer is not as the registry signed it: status, content or type was changed, or another key signed it.")

// answerCmd checks signed answers of the API.
type answerCmd struct {
	Keys    string   `help:"File with the registry's public keys of answers (/.well-known/recourse-keys.json). Have it from another day or way than what you check." required:"" env:"RECOURSE_ANSWER_KEYS" placeholder:"FILE"`
	Answers []string `arg:"" name:"file" help:"Answers as they came: status line, headers, an empty line, body (curl -i)."`
}

// shownAnswer is what a signed answer shows, for machines.
type shownAnswer struct {
	Signed time.Time `json:"signed"`
	Status int       `json:"status"`
	Type   string    `json:"type"`
	Bytes  int       `json:"bytes"`
}

// Run checks the signature of each (RFC 9421) and says when it was made.
func (c *answerCmd) Run(s *session) error {
	text, err := read(c.Keys)
	if err != nil {
		return err
	}
	var keys signkit.KeySet
	if err := json.Unmarshal([]byte(text), &keys); err != nil || len(keys.Keys) == 0 {
		return errTrust.At("--keys").Because(err)
	}
	var all []finding
	for _, name := range c.Answers {
		text, err := read(name)
		if err != nil {
			return err
		}
		shown, err := checkAnswer(keys, text)
		f, err := s.found(name, shown, []string{s.say("signed by the registry, %s: status %d, %s, %d bytes", "登记机构签名于 %s：状态 %d，%s，%d 字节", shown.Signed.Format(shownTime), shown.Status, shown.Type, shown.Bytes)}, err)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	return s.report(all...)
}

func checkAnswer(keys signkit.KeySet, text string) (a shownAnswer, err error) {
	if strings.HasPrefix(text, "HTTP/2") || strings.HasPrefix(text, "HTTP/3") { // as curl writes them
		_, rest, _ := strings.Cut(text, " ")
		text = "HTTP/1.1 " + rest
	}
	head, body, found := bytes.Cut([]byte(text), []byte("\r\n\r\n"))
	if !found {
		head, body, found = bytes.Cut([]byte(text), []byte("\n\n"))
	}
	if !found {
		return a, proof.ErrForm
	}
	res, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(head), strings.NewReader("\r\n\r\n"))), nil)
	if err != nil {
		return a, proof.ErrForm
	}
	if err := res.Body.Close(); err != nil { // there is none: it was cut off above
		return a, err
	}
	a = shownAnswer{Status: res.StatusCode, Type: res.Header.Get("Content-Type"), Bytes: len(body)}
	if a.Signed, err = signkit.Verify(keys, res.StatusCode, res.Header, body); err != nil {
		return a, errAnswer.Because(err)
	}
	return a, nil
}
