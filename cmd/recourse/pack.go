package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"recourse/internal/app"
	"recourse/internal/fault"
	"recourse/internal/kit/codekit"
)

// packCmd is what lawyers and operators do with packs.
type packCmd struct {
	Check    packCheckCmd    `cmd:"" help:"Say everything that is wrong with a pack."`
	Show     packShowCmd     `cmd:"" help:"Say in plain language what a pack allows."`
	Diff     packDiffCmd     `cmd:"" help:"Say in plain language what changes from one pack to another."`
	Copy     packCopyCmd     `cmd:"" help:"Copy a built-in pack into a folder to work on."`
	NewType  packNewTypeCmd  `cmd:"" name:"new-type" help:"Begin a type of record: write its files to be filled in."`
	Sign     packSignCmd     `cmd:"" help:"Sign a pack as an officer."`
	Activate packActivateCmd `cmd:"" help:"Put a pack in force that two officers signed."`
}

// spoken is the language that a command answers in.
type spoken struct {
	Lang string `help:"Language of the answer." default:"en" enum:"zh,en" env:"RECOURSE_LANG"`
}

// say returns the text in the language.
func (l spoken) say(en, zh string, args ...any) string {
	text := en
	if l.Lang == "zh" {
		text = zh
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// explain says in Chinese what a code means, where that is the language of the
// command: faults themselves are in English.
func (s *session) explain(err error, args []string) {
	asked := strings.Join(args, " ")
	if !strings.Contains(asked, "--lang zh") && !strings.Contains(asked, "--lang=zh") && s.getenv("RECOURSE_LANG") != "zh" {
		return
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return
	}
	book, err := codekit.Open()
	if err != nil {
		return
	}
	if what, fix, known := book.Say(f.Code, "zh"); known {
		_, _ = fmt.Fprintln(s.talk, what+fix)
	}
}

// print writes one line to standard output.
func (s *session) print(line string) { _, _ = fmt.Fprintln(s.out, line) }

type packCopyCmd struct {
	spoken `embed:""`
	Pack   string `arg:"" help:"Name of a built-in pack."`
	To     string `arg:"" name:"dir" help:"Folder to make; it must not be there yet."`
}

// Run copies all files, samples too.
func (c *packCopyCmd) Run(s *session) error {
	files, err := app.PackFiles(c.Pack)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(c.To); !errors.Is(err, fs.ErrNotExist) {
		return errors.New(c.say("%s is there already. Nothing was copied; name a folder that is not there yet.", "%s 已经存在，没有复制任何内容；请指定一个不存在的文件夹。", c.To))
	}
	if err := os.CopyFS(c.To, files); err != nil {
		return fmt.Errorf("copying the pack: %w", err)
	}
	s.print(c.say("Copied %s to %s. Change what you need there, then run: recourse pack check %s", "已把 %s 复制到 %s。修改之后请运行：recourse pack check %s", c.Pack, c.To, asFolder(c.To)))
	return nil
}

// asFolder writes a folder so that it is not taken for the name of a built-in pack.
func asFolder(dir string) string {
	if filepath.Base(dir) == dir {
		return "./" + dir
	}
	return dir
}
