package pgembed

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// BenchmarkFirstStart interleaves ours, from an empty directory to the first
// answer, with bare: initdb as it comes, postgres, a first query.
func BenchmarkFirstStart(b *testing.B) {
	var ours, bare time.Duration
	for b.Loop() {
		begin := time.Now()
		s, err := Start(b.Context(), Config{Dir: b.TempDir()})
		ours += time.Since(begin)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		begin = time.Now()
		stopBare := bareStart(b, b.TempDir())
		bare += time.Since(begin)
		stopBare()
	}
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ours-ms")
	b.ReportMetric(float64(bare.Milliseconds())/float64(b.N), "bare-ms")
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "ours/bare")
}

// BenchmarkRestart starts a cluster that is there.
func BenchmarkRestart(b *testing.B) {
	dir := b.TempDir()
	for first := true; b.Loop(); first = false {
		s, err := Start(b.Context(), Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if first {
			b.ResetTimer()
		}
	}
}

// bareStart is what a script would do.
func bareStart(b *testing.B, dir string) (stop func()) {
	b.Helper()
	who, err := chooseAccount(layout{dir})
	if err != nil {
		b.Fatal(err)
	}
	bin, _, err := Find("")
	if err != nil {
		b.Fatal(err)
	}
	for _, above := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(above, 0o711); err != nil {
			b.Fatal(err)
		}
	}
	if err := who.own(dir); err != nil {
		b.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if out, err := who.command(b.Context(), 0, nil, bin+"/initdb", "-A", "trust", "-U", "postgres", "-D", data).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	server := who.command(b.Context(), 0, nil, bin+"/postgres", "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+dir)
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	for {
		conn, err := pgx.Connect(b.Context(), "postgres://postgres@/postgres?host="+dir)
		if err == nil {
			_ = conn.Close(b.Context())
			break
		}
		if server.Process.Signal(syscall.Signal(0)) != nil {
			b.Fatal(err)
		}
	}
	return func() { stopServer(b, server) }
}

func stopServer(b *testing.B, server *exec.Cmd) {
	b.Helper()
	if err := server.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	_ = server.Wait() // an interrupt is its ordinary end
}
