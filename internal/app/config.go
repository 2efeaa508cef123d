// Package app is where everything is put together: configuration, wiring, the
// route tables, the reactions, the jobs and the channels.
//
// It promises that what is served was compared first: database against program,
// vault against database, pack against mode; that it stops in the reverse order
// of its start; and that nothing it logs names a person.
package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"time"

	"recourse/internal/party"
)

// Mode is what an installation is for; fixed at first start.
type Mode string

// The modes.
const (
	Sandbox    Mode = "sandbox"    // sample people, a clock that can be moved, sign-in by choosing
	Production Mode = "production" // real people
)

// Config is everything an operator can set. The zero value of each field works
// or Validate says what is missing. Flags are named as the fields are, with
// dashes; the environment as RECOURSE_ and capitals.
type Config struct {
	DataDir    string `help:"Folder that holds everything this installation keeps." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Mode       Mode   `help:"What the installation is for: sandbox or production. Fixed at first start." default:"production" enum:"sandbox,production" env:"RECOURSE_MODE"`
	Listen     string `help:"Address to serve on." default:"127.0.0.1:8080" env:"RECOURSE_LISTEN" placeholder:"HOST:PORT"`
	OpsListen  string `help:"Address for metrics, only for the operator's own network; empty for none." env:"RECOURSE_OPS_LISTEN" placeholder:"HOST:PORT"`
	BaseURL    string `help:"Address by which people reach the registry, for links in announcements." env:"RECOURSE_BASE_URL" placeholder:"URL"`
	Pack       string `help:"Pack that the registry begins with: the name of a built-in one, or a folder. Afterwards packs are changed with recourse pack activate." default:"cn-hubei" env:"RECOURSE_PACK"`
	Database   `embed:"" prefix:"database-"`
	VaultC     `embed:"" prefix:"vault-"`
	LogC       `embed:"" prefix:"log-"`
	SMTP       `embed:"" prefix:"smtp-"`
	Limit      Limit   `embed:"" prefix:"limit-"`
	Webhook    Webhook `embed:"" prefix:"webhook-"`
	Session    Session `embed:"" prefix:"session-"`
	SignInFile string  `name:"sign-in-file" help:"File that says at which OpenID providers persons and staff sign in. Production needs one; a sandbox without has a provider of its own, at which one chooses who to be." env:"RECOURSE_SIGN_IN_FILE" placeholder:"FILE"`
	ScanClamd  string  `name:"scan-clamd" help:"ClamAV daemon that looks at the evidence of contests: HOST:PORT, or the path of its socket. Without one a sandbox takes files unseen, and production takes none." env:"RECOURSE_SCAN_CLAMD" placeholder:"ADDRESS"`
	auditing   bool    // opened to be looked at, whatever is wrong with its log
	MinFreeMiB uint64  `name:"min-free-mib" help:"Below this much free room on the data folder's disk nothing is written any more." default:"256" env:"RECOURSE_MIN_FREE_MIB"`
}

// Database says where PostgreSQL is.
type Database struct {
	URL string `name:"url" help:"PostgreSQL 15 or later, as a login that may make roles; empty for the private one in the data folder." env:"RECOURSE_DATABASE_URL" placeholder:"URL"`
	Bin string `help:"Folder with postgres and initdb for the private one; empty to look for them." env:"RECOURSE_DATABASE_BIN" placeholder:"DIR"`

	NoSync bool `help:"Let the private PostgreSQL of a sandbox not wait for the disk: faster, and a power cut may take all of it." env:"RECOURSE_DATABASE_NO_SYNC"`
}

// VaultC says where the vault is.
type VaultC struct {
	Socket            string `help:"Unix socket of a vault that runs as a process of its own (recourse vault serve); empty for one in this process." env:"RECOURSE_VAULT_SOCKET" placeholder:"PATH"`
	MaxLeap           int    `help:"By how many days the legal day may have moved on since keys were last destroyed; more is taken for a wrong clock." default:"45" env:"RECOURSE_VAULT_MAX_LEAP"`
	AcceptWeakErasure bool   `name:"kms-file-accept-weak-erasure" help:"Use root keys kept in files in production, though nothing can prove that no backup of them exists. Every receipt says so." env:"RECOURSE_KMS_FILE_ACCEPT_WEAK_ERASURE"`
}

// Webhook says where changes may be sent besides public addresses.
type Webhook struct {
	Trust  []string `help:"Receivers that you vouch for, as HOST:PORT: they may be anywhere and need no TLS. Every other one is a public address over https." env:"RECOURSE_WEBHOOK_TRUST" placeholder:"HOST:PORT"`
	CAFile string   `name:"ca-file" help:"Certificates (PEM) that are taken besides the system's." env:"RECOURSE_WEBHOOK_CA_FILE" placeholder:"FILE"`
}

// SMTP says which server takes announcements.
type SMTP struct {
	Host         string `help:"Mail server for announcements; empty in a sandbox for a folder of files." env:"RECOURSE_SMTP_HOST"`
	Port         int    `help:"Port of the mail server." default:"587" env:"RECOURSE_SMTP_PORT"`
	From         string `help:"Address that announcements come from." env:"RECOURSE_SMTP_FROM"`
	Username     string `help:"User at the mail server; empty for none." env:"RECOURSE_SMTP_USERNAME"`
	PasswordFile string `help:"File with the password in its first line." env:"RECOURSE_SMTP_PASSWORD_FILE" placeholder:"FILE"`
	Plain        bool   `help:"Send without TLS, to a server on this machine." env:"RECOURSE_SMTP_PLAIN"`
}

// Limit says how many calls of the API and questions of the pages are taken in a
// minute. Each process counts for itself.
type Limit struct {
	Clerk   int `help:"Calls a minute of one clerk's token; 0 for as many as come." default:"600" env:"RECOURSE_LIMIT_CLERK"`
	Body    int `help:"Calls a minute of one body, all its clerks together; 0 for as many as come." default:"6000" env:"RECOURSE_LIMIT_BODY"`
	Purpose int `help:"Inquiries a minute of one body for one purpose; 0 for as many as come." default:"3000" env:"RECOURSE_LIMIT_PURPOSE"`
}

// Session says how long sign-ins to the pages last.
type Session struct {
	Idle      time.Duration `help:"How long a person's sign-in lasts unused." default:"20m" env:"RECOURSE_SESSION_IDLE"`
	Most      time.Duration `help:"How long a person's sign-in lasts at most." default:"12h" env:"RECOURSE_SESSION_MOST"`
	ClerkIdle time.Duration `help:"How long the sign-in of staff lasts unused." default:"30m" env:"RECOURSE_SESSION_CLERK_IDLE"`
	ClerkMost time.Duration `help:"How long the sign-in of staff lasts at most; with a token never more than two hours." default:"10h" env:"RECOURSE_SESSION_CLERK_MOST"`
	Fresh     time.Duration `help:"How long after somebody proved who they are they may do what matters without proving it again." default:"10m" env:"RECOURSE_SESSION_FRESH"`
}

func (s Session) limits() party.Limits {
	return party.Limits{PersonIdle: s.Idle, PersonMost: s.Most, ClerkIdle: s.ClerkIdle, ClerkMost: s.ClerkMost, Fresh: s.Fresh}
}

// check says what cannot be a length of sign-ins. None set at all is the default.
func (s Session) check() error {
	if s == (Session{}) {
		return nil
	}
	for _, d := range []time.Duration{s.Idle, s.Most, s.ClerkIdle, s.ClerkMost, s.Fresh} {
		if d < 2*time.Minute || d > 24*time.Hour {
			return errors.New("a length of session is less than 2 minutes or more than 24 hours")
		}
	}
	return nil
}

// Check says what is missing, all at once.
func (c *Config) Check() error {
	var missing []error
	if c.DataDir == "" {
		missing = append(missing, errors.New("data-dir is empty: name a folder that only this installation uses"))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		missing = append(missing, errors.New("listen is not HOST:PORT"))
	}
	if c.Mode == Production && c.SMTP.Host == "" {
		missing = append(missing, errors.New("smtp-host is empty: production announces letters by e-mail"))
	}
	if c.Limit.Clerk < 0 || c.Limit.Body < 0 || c.Limit.Purpose < 0 {
		missing = append(missing, errors.New("a limit is negative: 0 lets as many calls pass as come"))
	}
	if c.SMTP.Host != "" && c.SMTP.From == "" {
		missing = append(missing, errors.New("smtp-from is empty: name the address that announcements come from"))
	}
	if c.BaseURL != "" {
		if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			missing = append(missing, errors.New("base-url is not an address that begins with https://"))
		} else if c.Mode == Production && u.Scheme != "https" {
			missing = append(missing, errors.New("base-url must begin with https:// in production"))
		}
	} else if c.Mode == Production {
		missing = append(missing, errors.New("base-url is empty: announcements must name an address"))
	}
	if c.Mode == Production && c.Database.NoSync {
		missing = append(missing, errors.New("database-no-sync is set: a power cut would take records that were acknowledged; only a sandbox may lose them"))
	}
	if err := c.checkSignIns(); err != nil {
		missing = append(missing, err)
	}
	if err := c.Session.check(); err != nil {
		missing = append(missing, err)
	}
	if c.Mode != Sandbox && c.Mode != Production {
		missing = append(missing, fmt.Errorf("mode is neither sandbox nor production"))
	}
	return errors.Join(missing...)
}

func (c *Config) path(parts ...string) string {
	return filepath.Join(append([]string{c.DataDir}, parts...)...)
}
