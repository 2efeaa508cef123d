package ledgerfile

import (
	"errors"
	"fmt"
	"os"
	"path"

	"recourse/internal/fault"
)

// ErrShardDir is returned where a shard cannot be written into a folder.
var ErrShardDir = fault.New(fault.Refused, "E-LOG-FOLDER", "The folder for the shard is there already or cannot be made. Nothing was written; name a new one.")

// Shard is a new folder with the files of a shard, for any server of static files.
type Shard struct{ folder *os.Root }

// NewShard makes the folder, or returns ErrShardDir.
func NewShard(dir string) (*Shard, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, ErrShardDir.Because(err)
	}
	folder, err := os.OpenRoot(dir)
	if err != nil {
		return nil, ErrShardDir.Because(err)
	}
	return &Shard{folder}, nil
}

// Put is ledger.Freezer.Put. A file that is there already is an error.
func (s *Shard) Put(name string, content []byte) error {
	if err := s.folder.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	file, err := s.folder.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// Close lets go of the folder.
func (s *Shard) Close() error { return s.folder.Close() }
