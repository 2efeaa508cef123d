package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"recourse/internal/app"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
)

type typeCmd struct {
	Template typeTemplateCmd `cmd:"" help:"Write an empty file of a type, with notes on every column."`
}

type typeTemplateCmd struct {
	spoken `embed:""`
	Type   string         `arg:"" help:"Code of the type."`
	Format furnish.Format `help:"Format of the file: xlsx, csv or jsonl. A workbook holds the notes; for the others they go to standard error." default:"xlsx" enum:"xlsx,csv,jsonl"`
	Out    string         `help:"File to write; it must not be there yet. Empty for standard output." placeholder:"FILE"`
	Pack   string         `help:"Jurisdiction pack: the name of a built-in one, or a folder." default:"cn-hubei" env:"RECOURSE_PACK"`
}

// Run writes the template, or nothing where something is in the way.
func (c *typeTemplateCmd) Run(s *session) error {
	pack, err := app.LoadPack(c.Pack)
	if err != nil {
		return err
	}
	t, ok := pack.Type(c.Type)
	if !ok {
		var codes []string
		for _, t := range pack.Types() {
			codes = append(codes, t.Code)
		}
		return usageError(c.say("the pack has no type %q. Nothing was written. Its types: %s", "规则包里没有类型 %q。没有写入任何内容。现有类型：%s", c.Type, strings.Join(codes, ", ")))
	}
	templates, err := furnishfile.NewTemplates()
	if err != nil {
		return err
	}
	var file, notes bytes.Buffer
	if err := templates.Write(&file, &notes, t, c.Format, c.Lang); err != nil {
		return err
	}
	if c.Out == "" {
		_, err = s.out.Write(file.Bytes())
	} else {
		err = c.save(file.Bytes())
	}
	if err != nil {
		return err
	}
	_, err = s.talk.Write(notes.Bytes())
	return err
}

func (c *typeTemplateCmd) save(file []byte) error {
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return errors.New(c.say("%s is there already, and nothing is overwritten. Name another file.", "%s 已经存在，不会被覆盖。请换一个文件名。", c.Out))
	}
	if err != nil {
		return fmt.Errorf("making the template: %w", err)
	}
	_, err = f.Write(file)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the template: %w", err)
	}
	return nil
}
