// Package noticeemail announces letters by e-mail over SMTP.
//
// It promises that a message says only that there is a letter; that what the
// mail server refuses for good is told apart from what may work later; and that
// no address reaches an error or a log.
package noticeemail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"recourse/internal/fault"
	"recourse/internal/notice"
)

// Config says which mail server takes announcements (RFC 5321, RFC 6409).
type Config struct {
	Host         string
	Port         int
	From         string // address that announcements come from
	Username     string // empty: no authentication
	PasswordFile string // file that holds the password in its first line
	// Plain sends without TLS, for a server on this machine or in a sandbox.
	// Otherwise STARTTLS is required and the server's certificate checked.
	Plain bool
	// Roots are used instead of the machine's certificate authorities, if set.
	Roots *tls.Config
}

// Sender is notice.Sender over SMTP.
type Sender struct {
	cfg      Config
	password string
}

// New returns a Sender. It reads the password file once.
func New(c Config) (*Sender, error) {
	if c.Host == "" || c.From == "" {
		return nil, errors.New("e-mail needs smtp.host and smtp.from")
	}
	s := &Sender{cfg: c}
	if c.PasswordFile != "" {
		b, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("reading smtp.password-file: %w", err)
		}
		s.password, _, _ = strings.Cut(strings.TrimSpace(string(b)), "\n")
	}
	return s, nil
}

// timeout bounds one message, from dialling to the server's word.
const timeout = 20 * time.Second

// ErrRefused is returned where the mail server will never take the message.
var ErrRefused = fault.New(fault.Refused, "E-MAIL-REFUSED", "The mail server refused the announcement for good. The letter is in the inbox.")

// Send is notice.Sender.Send.
func (s *Sender) Send(ctx context.Context, a notice.Announcement) error {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(s.cfg.From); err != nil {
		return fmt.Errorf("the sender's address is not valid: smtp.from")
	}
	if err := msg.To(a.Address); err != nil {
		return ErrRefused
	}
	msg.Subject(a.Subject)
	msg.SetGenHeader(mail.HeaderContentLang, a.Language)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	msg.SetMessageIDWithValue(strings.ToLower(strings.ReplaceAll(a.Notice.String(), "-", "")) + "@recourse")
	msg.SetBodyString(mail.TypeTextPlain, a.Text)
	client, err := mail.NewClient(s.cfg.Host, s.options()...)
	if err != nil {
		return fmt.Errorf("setting up e-mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return verdict(client.DialAndSendWithContext(ctx, msg))
}

func (s *Sender) options() []mail.Option {
	opts := []mail.Option{mail.WithPort(s.cfg.Port), mail.WithTimeout(timeout), mail.WithTLSPortPolicy(mail.TLSMandatory)}
	if s.cfg.Plain {
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS), mail.WithPort(s.cfg.Port))
	}
	if s.cfg.Roots != nil {
		opts = append(opts, mail.WithTLSConfig(s.cfg.Roots))
	}
	if s.cfg.Username != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.cfg.Username), mail.WithPassword(s.password))
	}
	// The port policy above may have chosen a port; ours counts.
	return append(opts, mail.WithPort(s.cfg.Port))
}

// verdict keeps addresses out of errors: what servers answer repeats them.
func verdict(err error) error {
	if err == nil {
		return nil
	}
	var send *mail.SendError
	if errors.As(err, &send) && !send.IsTemp() && (send.Reason == mail.ErrSMTPRcptTo || send.Reason == mail.ErrSMTPMailFrom || send.Reason == mail.ErrSMTPData || send.Reason == mail.ErrSMTPDataClose) {
		return ErrRefused
	}
	return notice.ErrLater
}
