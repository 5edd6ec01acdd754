// Package client is what a public generator (oapi-codegen) makes of the API's OpenAPI document, for a story that another program
// tells: see story_test.go. openapi.json is the document as it was then; scripts/client writes both anew.
package client
