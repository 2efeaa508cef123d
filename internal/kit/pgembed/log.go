package pgembed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// logLimit bounds each of the two log files, in bytes.
const logLimit = 8 << 20

// logFile is PostgreSQL's log: one file that is written and one older one.
type logFile struct {
	path  string
	limit int64

	mu     sync.Mutex
	closed bool
	file   *os.File // nil while it cannot be opened
	size   int64
}

func openLog(dir string) (*logFile, error) {
	l := &logFile{path: filepath.Join(dir, "postgres.log"), limit: logLimit}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("opening the log of the database: %w", err)
	}
	return l, nil
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.size = f, info.Size()
	return nil
}

// Write appends to the log. It never fails: what cannot be written is dropped,
// because PostgreSQL must not wait for its log on a full disk.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return len(p), nil
	case l.size+int64(len(p)) > l.limit:
		l.turn()
	case l.file == nil:
		_ = l.open()
	}
	if l.file != nil {
		n, _ := l.file.Write(p)
		l.size += int64(n)
	}
	return len(p), nil
}

// turn makes the file the older one and begins a new one.
func (l *logFile) turn() {
	if l.file != nil {
		_ = l.file.Close()
		l.file = nil
	}
	if err := os.Rename(l.path, l.path+".1"); err != nil {
		_ = os.Truncate(l.path, 0) // bounded before complete
	}
	l.size = 0
	_ = l.open()
}

// Close ends the log; later lines are dropped.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// tail keeps the last bytes of what was written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const tailLimit = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if extra := len(t.kept) - tailLimit; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
