package main

import "testing"

// TestNamed gives a demo that only this machine reaches its name, and no other.
func TestNamed(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		"127.0.0.1:8080": "http://localhost:8080", "[::1]:8081": "http://localhost:8081", "localhost:80": "http://localhost:80",
		"127.0.0.1:0": "", "0.0.0.0:8080": "", ":8080": "", "192.0.2.1:8080": "", "registry.example.org:8080": "", "8080": "",
	} {
		if got := named(listen); got != want {
			t.Errorf("%s is %q, want %q", listen, got, want)
		}
	}
}
