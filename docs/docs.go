// Package docs carries the documentation of this repository inside the program,
// which serves it at /docs and /help without a network.
package docs

import "embed"

// FS holds the pages: NAME.md in English, NAME.zh.md in Chinese.
//
//go:embed *.md tutorial/*.md howto/*.md reference/*.md explain/*.md flows/*.md decisions/*.md help/*.md
var FS embed.FS
