package noticeemail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"recourse/internal/notice"
)

// Sink is notice.Sender that keeps announcements as files in a folder instead of
// sending them: the mail of a sandbox.
type Sink struct{ Dir string }

// Send writes one file per announcement, named by the letter.
func (s Sink) Send(_ context.Context, a notice.Announcement) error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("making the mail sink: %w", err)
	}
	text := strings.Join([]string{"To: " + a.Address, "Content-Language: " + a.Language, "Subject: " + a.Subject, "", a.Text, ""}, "\r\n")
	return os.WriteFile(filepath.Join(s.Dir, a.Notice.String()+".eml"), []byte(text), 0o600)
}
