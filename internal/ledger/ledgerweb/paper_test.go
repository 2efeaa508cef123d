package ledgerweb

import (
	"encoding/base64"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// TestCodeOf reads the codes of receipts with a library of others, as a telephone does:
// the text comes back to the last byte. What is longer than a code holds has none.
func TestCodeOf(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../proof/testdata/vectors/receipt*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d receipts: %v", len(files), err)
	}
	texts := []string{"c", strings.Repeat("—c2sp.org/tlog-proof@v1\n", 100), strings.Repeat("c", 2953)}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(raw))
	}
	for _, text := range texts {
		if got := read(t, codeOf(text)); got != text {
			t.Errorf("%d bytes %.30q are read as %d bytes %.30q", len(text), text, len(got), got)
		}
	}
	if got := codeOf(strings.Repeat("c", 2954)); got != "" {
		t.Errorf("a code of %d bytes for more than the largest holds", len(got))
	}
}

func read(t *testing.T, address string) string {
	t.Helper()
	raw, ok := strings.CutPrefix(address, "data:image/png;base64,")
	if !ok {
		t.Fatalf("%.40q is no image", address)
	}
	img, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		t.Fatal(err)
	}
	return got.GetText()
}
