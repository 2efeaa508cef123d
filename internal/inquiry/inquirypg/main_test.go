package inquirypg_test

import (
	"testing"

	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
