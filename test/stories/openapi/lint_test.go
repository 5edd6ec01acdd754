// Package openapi_test has a public linter read the API's OpenAPI document, as people do who make clients of it.
package openapi_test

import (
	"os"
	"os/exec"
	"testing"
)

// document is the one that the client is made of; package client's tests keep it fresh.
const document = "../client/openapi.json"

// Without the linter (scripts/setup gets it) the check is left out, and fails where nothing may be (CI=true).
func TestPublicLinter(t *testing.T) {
	program := "node_modules/.bin/redocly"
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no redocly; to get it: npm ci --prefix test/stories/openapi")
		}
		t.Log("left out: no redocly; to get it: npm ci --prefix test/stories/openapi")
		return
	}
	t.Run("by every rule that it recommends, warnings too", func(t *testing.T) {
		lint := exec.CommandContext(t.Context(), program, "lint", "--extends=recommended-strict", "--format=stylish", document)
		lint.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
		if said, err := lint.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
	})
}
