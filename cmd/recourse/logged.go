package main

import (
	"fmt"
	"os"
	"time"

	"recourse/client"
)

// logged is how a body makes sure that what it was answered is in the public log.
type logged struct {
	LogKey     string        `help:"File with the public key of the log, got by another way than from the registry; empty for the one that it serves." placeholder:"FILE" type:"existingfile"`
	LogPolicy  string        `help:"File with the policy of witnesses that must have seen the log; empty for none." placeholder:"FILE" type:"existingfile"`
	LogBody    string        `help:"Your body as the log names it: what a receipt from another day shows as fact body. An answer that was logged for another is refused." placeholder:"HEX"`
	MergeDelay time.Duration `help:"How long the receipt of an answer may take; after it the answer is refused." default:"10s"`
}

// log reads whose word counts.
func (c logged) log() (l client.Log, err error) {
	l.Within, l.Body = c.MergeDelay, c.LogBody
	if c.LogKey != "" {
		key, err := os.ReadFile(c.LogKey)
		if err != nil {
			return l, fmt.Errorf("reading --log-key: %w", err)
		}
		l.Key = string(key)
	}
	if c.LogPolicy != "" {
		if l.Policy, err = os.ReadFile(c.LogPolicy); err != nil {
			return l, fmt.Errorf("reading --log-policy: %w", err)
		}
	}
	return l, nil
}
