package config_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/entregent/entregent/internal/config"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

const page = "../../docs/configuration.md"

const head = `# Configuration

Every value is a flag of ` + "`entregent serve`" + ` and an environment variable; a flag goes before the variable, the variable
before the default. All have a default that works: nothing needs to be set to try the program, and
` + "`ENTREGENT_ADDR`, `ENTREGENT_BASE_URL` and `ENTREGENT_DATA`" + ` are what most installations set. Times are numbers of
seconds, with decimals where wanted (` + "`0.5`" + `). The other sub-commands know the values that they need, under the same names;
what they alone ask for is a variable by the same rule (` + "`--workspace` is `ENTREGENT_WORKSPACE`), and `entregent COMMAND --help`" + ` lists it.
A value that makes no sense ends the program with one line on standard error and status 2.

` + "`serve --demo` (`ENTREGENT_DEMO=true`)" + ` makes two workspaces with invented people on an empty database.

This page is written from the program: ` + "`go test ./internal/config -run TestPage -update`" + ` writes it anew.
`

func TestPage(t *testing.T) {
	want := head + tables(t)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("docs/configuration.md says what the program knows", func(t *testing.T) {
		if string(got) != want {
			t.Errorf("it does not: go test ./internal/config -run TestPage -update")
		}
	})
}

// tables is a table for each part of the struct, in its order.
func tables(t *testing.T) string {
	var c config.Config
	k, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	part := ""
	for _, f := range k.Model.Flags {
		if f.Group == nil { // --help
			continue
		}
		if f.Group.Key != part {
			part = f.Group.Key
			fmt.Fprintf(&b, "\n## %s\n\n| name | flag | default | meaning | unit |\n|---|---|---|---|---|\n", strings.TrimSuffix(part, ":"))
		}
		if len(f.Envs) != 1 || f.Help == "" {
			t.Errorf("--%s needs one environment variable and a meaning", f.Name)
			continue
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s | %s |\n", f.Envs[0], f.Name, shown(f.Default), strings.ReplaceAll(f.Help, "|", "\\|"), f.Tag.Get("unit"))
	}
	return b.String()
}

func shown(value string) string {
	if value == "" {
		return ""
	}
	return "`" + value + "`"
}

func TestNames(t *testing.T) {
	t.Run("the variable is the flag in capitals", func(t *testing.T) {
		var c config.Config
		for _, f := range kong.Must(&c).Model.Flags {
			want := "ENTREGENT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
			if f.Group != nil && f.Envs[0] != want {
				t.Errorf("--%s: %s, want %s", f.Name, f.Envs[0], want)
			}
		}
	})
}
