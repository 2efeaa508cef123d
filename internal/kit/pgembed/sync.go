package pgembed

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// syncTree writes every file and folder of a tree to the disk. Several at a
// time share the flushes of the disk; the rest of the file system, which may
// be busy with other things, is not waited for.
func syncTree(dir string) error {
	paths := make(chan string)
	failed := make([]error, 8)
	var all sync.WaitGroup
	for i := range failed {
		all.Go(func() {
			for path := range paths {
				failed[i] = errors.Join(failed[i], syncPath(path))
			}
		})
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && (entry.IsDir() || entry.Type().IsRegular()) {
			paths <- path
		}
		return err
	})
	close(paths)
	all.Wait()
	return errors.Join(append(failed, err)...)
}

// syncPath makes a file, or the names in a folder, durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
