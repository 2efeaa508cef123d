package noticeemail_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"recourse/internal/fault"
	"recourse/internal/notice"
	"recourse/internal/notice/noticeemail"
	"recourse/internal/ref"
)

// server is a real SMTP server on loopback that answers as it is told.
type server struct {
	mu    sync.Mutex
	got   []string
	rcpt  error
	data  error
	hello error
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s}, s.hello }

type session struct{ *server }

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.rcpt }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, string(b))
	return s.data
}

func listen(t *testing.T, s *server) noticeemail.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return noticeemail.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "registry@example.org", Plain: true}
}

func letter() notice.Announcement {
	return notice.Announcement{Notice: ref.Notice{1}, Address: "sample.person@example.org", Language: "zh", Subject: "您有一封信", Text: "请登录查看。"}
}

func send(t *testing.T, c noticeemail.Config) error {
	t.Helper()
	s, err := noticeemail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s.Send(context.Background(), letter())
}

func TestSend_deliversToARealServer(t *testing.T) {
	t.Parallel()
	srv := &server{}
	if err := send(t, listen(t, srv)); err != nil {
		t.Fatal(err)
	}
	if len(srv.got) != 1 {
		t.Fatalf("the server got %d messages", len(srv.got))
	}
	for _, want := range []string{"Auto-Submitted: auto-generated", "Content-Language: zh", "To: <sample.person@example.org>"} {
		if !strings.Contains(srv.got[0], want) {
			t.Errorf("the message lacks %q:\n%s", want, srv.got[0])
		}
	}
}

func TestSend_tellsNeverFromLater(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		srv  *server
		want error
	}{
		"no such mailbox":  {&server{rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no sample.person here"}}, noticeemail.ErrRefused},
		"greylisted":       {&server{rcpt: &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "later"}}, notice.ErrLater},
		"content refused":  {&server{data: &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "no"}}, noticeemail.ErrRefused},
		"mailbox is full":  {&server{data: &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "full"}}, notice.ErrLater},
		"server is closed": {&server{hello: &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "closing"}}, notice.ErrLater},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := send(t, listen(t, c.srv))
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if strings.Contains(err.Error(), "sample.person") {
				t.Errorf("the error repeats the address: %v", err)
			}
		})
	}
}

func TestSend_unreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	err = send(t, noticeemail.Config{Host: "127.0.0.1", Port: port, From: "registry@example.org", Plain: true})
	if fault.Of(err).Kind != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}

// Without Plain a server that offers no TLS gets nothing: the control of the
// tests above, which all use Plain.
func TestSend_insistsOnTLS(t *testing.T) {
	t.Parallel()
	srv := &server{}
	c := listen(t, srv)
	c.Plain = false
	if err := send(t, c); err == nil || len(srv.got) != 0 {
		t.Errorf("a message went out without TLS (%v)", err)
	}
}
