package app

import (
	"fmt"
	"syscall"
)

// noCore lets this process and those that it starts leave no core file, which
// would hold what they were working on.
func noCore() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("forbidding core files: %w", err)
	}
	return nil
}
