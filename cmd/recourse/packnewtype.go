package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/law"
)

//go:embed skeleton/type.yaml
var typeSkeleton string

//go:embed skeleton/cases.txtar
var casesSkeleton string

type packNewTypeCmd struct {
	spoken `embed:""`
	Dir    string `arg:"" help:"Folder of the pack."`
	Code   string `arg:"" help:"Code of the type: lower-case words parted by dashes."`
}

// Run writes both files, or none where one of them is there.
func (c *packNewTypeCmd) Run(s *session) error {
	if !catalogue.IsCode(c.Code) {
		return usageError(c.say("%q is no code: write lower-case words parted by dashes, e.g. market-penalty", "%q 不是代码：请用小写英文单词加短横线，例如 market-penalty", c.Code))
	}
	if _, err := os.Stat(filepath.Join(c.Dir, law.PackFile)); err != nil {
		return errors.New(c.say("%s holds no pack: there is no %s. Nothing was written.", "%s 里没有规则包：缺少 %s。没有写入任何内容。", c.Dir, law.PackFile))
	}
	files := map[string]string{"types/" + c.Code + ".yaml": typeSkeleton, law.CaseFile(c.Code): casesSkeleton}
	for name := range files {
		if _, err := os.Lstat(filepath.Join(c.Dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return errors.New(c.say("%s is there already, and nothing is overwritten. Nothing was written; choose another code.", "%s 已经存在，不会被覆盖。没有写入任何内容；请换一个代码。", name))
		}
	}
	for name, text := range files {
		if err := writeNew(filepath.Join(c.Dir, name), strings.ReplaceAll(text, "TYPE-CODE", c.Code)); err != nil {
			return err
		}
	}
	s.print(c.say("Wrote types/%[1]s.yaml and cases/%[1]s.txtar. Fill in what says FILL IN, then run: recourse pack check %[2]s",
		"已写入 types/%[1]s.yaml 和 cases/%[1]s.txtar。请填写标有 FILL IN 的地方，然后运行：recourse pack check %[2]s", c.Code, asFolder(c.Dir)))
	return nil
}

func writeNew(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("making a folder of the pack: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing a file of the pack: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
