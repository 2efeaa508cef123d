package pgembed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The binaries are those that the embedded-postgres library uses: one jar for
// each version and machine in a Maven repository. Its own fetching cannot be
// used: it is a part of a start that listens on TCP and cannot give up root,
// it removes the folder that it is given, holds the archive in memory, follows
// no context, ends the process on some errors and trusts the paths in the
// archive. What is needed is little, so it is here.

// publicRepository is where the binaries are published.
const publicRepository = "https://repo1.maven.org/maven2"

// published names the release that is fetched for each major version.
var published = map[int]string{15: "15.13.0", 16: "16.9.0", 17: "17.5.0", 18: "18.3.0"}

// fetchedMajor is the version of a new cluster on a machine without
// PostgreSQL.
const fetchedMajor = 17

// largestJar bounds the download, in bytes; real ones have 10 to 30 MiB.
const largestJar = 256 << 20

// fetched returns the binaries in Dir/pgbin, fetching them if they are not
// there. The cause says why those of the machine cannot be used.
func (s *Server) fetched(ctx context.Context, major int, cause error) (installation, error) {
	dir := filepath.Join(s.at.pgbin(), "bin")
	if _, err := os.Stat(s.at.pgbin()); err == nil {
		one, err := inspect(dir, s.who)
		if err != nil || major == 0 || one.major == major {
			return one, err
		}
	}
	if major == 0 {
		major = fetchedMajor
	}
	release, ok := published[major]
	if !ok {
		return installation{}, cause
	}
	if err := s.reachable(); err != nil {
		return installation{}, err
	}
	s.cfg.Logger.Info("no PostgreSQL on this machine; fetching it", "version", release)
	if err := s.fetch(ctx, release); err != nil {
		if IsDiskFull(err) {
			return installation{}, err
		}
		return installation{}, errNoBinaries(fmt.Sprintf("%s, and fetching version %s failed: %v", tell(cause), release, err))
	}
	return inspect(dir, s.who)
}

// tell returns the middle of an error of this package, for a sentence.
func tell(err error) string {
	text, _, _ := strings.Cut(err.Error(), ". Nothing was changed")
	_, text, _ = strings.Cut(text, ": ")
	return text
}

// reachable lets the account through the data directory itself, which is ours
// to open, and refuses before a download that it could not use because of a
// folder above.
func (s *Server) reachable() error {
	if !s.who.drop {
		return nil
	}
	if err := os.Chown(s.at.dir, -1, int(s.who.gid)); err != nil {
		return fmt.Errorf("letting user %s into %s: %w", s.who, s.at.dir, err)
	}
	info, err := os.Stat(s.at.dir)
	if err == nil {
		err = os.Chmod(s.at.dir, info.Mode().Perm()|0o010)
	}
	if err != nil {
		return fmt.Errorf("letting user %s into %s: %w", s.who, s.at.dir, err)
	}
	probe := s.who.command(context.Background(), 0, nil, "/bin/sh", "-c", ":")
	probe.Dir = s.at.dir
	if err := probe.Run(); err != nil {
		return errUnreachable(s.at.pgbin(), s.who)
	}
	return nil
}

// fetch downloads, checks and unpacks a release into Dir/pgbin, as a whole or
// not at all.
func (s *Server) fetch(ctx context.Context, release string) error {
	from, err := jarURL(s.cfg.RepositoryURL, release)
	if err != nil {
		return err
	}
	jar, err := os.CreateTemp(s.at.dir, "pgbin.*.jar")
	if err != nil {
		return diskOr(s.at.dir, err)
	}
	defer func() { _ = errors.Join(jar.Close(), os.Remove(jar.Name())) }()
	sum, err := download(ctx, from, jar)
	if err != nil {
		return diskOr(s.at.dir, err)
	}
	if err := s.check(ctx, from, sum); err != nil {
		return err
	}
	fresh := s.at.pgbin() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := unpack(jar, fresh); err != nil {
		return diskOr(s.at.dir, errors.Join(err, os.RemoveAll(fresh)))
	}
	if err := os.RemoveAll(s.at.pgbin()); err != nil {
		return err
	}
	return errors.Join(os.Rename(fresh, s.at.pgbin()), syncPath(s.at.dir))
}

// jarURL is where a release lies in a repository. Code that will be run comes
// over an authenticated connection or from this machine.
func jarURL(repository, release string) (string, error) {
	if repository == "" {
		repository = publicRepository
	}
	u, err := url.Parse(repository)
	if err != nil {
		return "", fmt.Errorf("the repository address: %w", err)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme != "https" && (u.Scheme != "http" || ip == nil || !ip.IsLoopback()) {
		return "", fmt.Errorf("the repository %s is neither https nor on this machine", u.Redacted())
	}
	name := "embedded-postgres-binaries-linux-" + machine()
	return u.JoinPath("io/zonky/test/postgres", name, release, name+"-"+release+".jar").String(), nil
}

// machine is the name of this kind of machine in the repository.
func machine() string {
	name := runtime.GOARCH
	if name == "arm64" {
		name = "arm64v8"
	}
	if _, err := os.Stat("/etc/alpine-release"); err == nil {
		name += "-alpine"
	}
	return name
}

// download copies a page into a file and returns its SHA-256.
func download(ctx context.Context, from string, into io.Writer) (string, error) {
	body, err := get(ctx, from)
	if err != nil {
		return "", err
	}
	defer body.Close()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(into, hash), io.LimitReader(body, largestJar+1))
	if err == nil && n > largestJar {
		err = fmt.Errorf("more than %d MiB", largestJar>>20)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", from, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// check compares with the published checksum, if there is one.
func (s *Server) check(ctx context.Context, from, sum string) error {
	body, err := get(ctx, from+".sha256")
	if errors.Is(err, errNotFound) {
		s.cfg.Logger.Warn("no checksum is published for the binaries; trusting the connection", "address", from)
		return nil
	}
	if err != nil {
		return err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, 1<<10))
	if err != nil {
		return fmt.Errorf("%s.sha256: %w", from, err)
	}
	if fields := strings.Fields(string(text)); len(fields) == 0 || !strings.EqualFold(fields[0], sum) {
		return fmt.Errorf("%s: the checksum is %s, but %q is published", from, sum, strings.TrimSpace(string(text)))
	}
	return nil
}

var errNotFound = errors.New("not found")

func get(ctx context.Context, from string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 30 * time.Second
	transport.DisableKeepAlives = true // two requests in the life of a machine
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusOK {
		return res.Body, nil
	}
	_ = res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		return nil, fmt.Errorf("%s: %w", from, errNotFound)
	}
	return nil, fmt.Errorf("%s: %s", from, res.Status)
}
