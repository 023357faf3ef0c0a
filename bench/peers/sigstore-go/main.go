// The benchmark's worker for sigstore-go. The protocol is described in ../README.md.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

type task struct {
	bundle, artifact, root []byte
	identity               verify.CertificateIdentity
	verifier               *verify.Verifier
}

func (t *task) verify() error {
	var parsed bundle.Bundle
	if err := parsed.UnmarshalJSON(t.bundle); err != nil {
		return err
	}
	policy := verify.NewPolicy(
		verify.WithArtifact(bytes.NewReader(t.artifact)),
		verify.WithCertificateIdentity(t.identity),
	)
	_, err := t.verifier.Verify(&parsed, policy)
	return err
}

func (t *task) parse() error {
	var parsed bundle.Bundle
	return parsed.UnmarshalJSON(t.bundle)
}

func (t *task) load() error {
	_, err := newVerifier(t.root)
	return err
}

func newVerifier(json []byte) (*verify.Verifier, error) {
	material, err := root.NewTrustedRootFromJSON(json)
	if err != nil {
		return nil, err
	}
	return verify.NewVerifier(material,
		verify.WithSignedCertificateTimestamps(1),
		verify.WithTransparencyLog(1),
		verify.WithObserverTimestamps(1),
	)
}

// Reads the job: a task a line, its fields separated by tabs.
func readJob(file string, verifiers map[string]*verify.Verifier) (names []string, tasks map[string]*task, err error) {
	job, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	tasks = map[string]*task{}
	for _, line := range strings.Split(strings.TrimSpace(string(job)), "\n") {
		fields := strings.Split(line, "\t")
		if len(fields) != 6 {
			return nil, nil, fmt.Errorf("a line of the job has %d fields", len(fields))
		}
		made := &task{}
		for index, content := range []*[]byte{&made.bundle, &made.artifact, &made.root} {
			if *content, err = os.ReadFile(fields[index+1]); err != nil {
				return nil, nil, err
			}
		}
		if made.identity, err = verify.NewShortCertificateIdentity(fields[5], "", fields[4], ""); err != nil {
			return nil, nil, err
		}
		if verifiers[fields[3]] == nil {
			if verifiers[fields[3]], err = newVerifier(made.root); err != nil {
				return nil, nil, err
			}
		}
		made.verifier = verifiers[fields[3]]
		names = append(names, fields[0])
		tasks[fields[0]] = made
	}
	return names, tasks, nil
}

func measure(run func() error, count int) (string, error) {
	times := make([]string, 0, count)
	for range count {
		began := time.Now()
		if err := run(); err != nil {
			return "", err
		}
		times = append(times, strconv.FormatFloat(float64(time.Since(began).Nanoseconds())/1000, 'f', 1, 64))
	}
	return strings.Join(times, " "), nil
}

func answer(request []string, tasks map[string]*task) string {
	made := tasks[request[1]]
	runs := map[string]func() error{"verify": made.verify, "parse": made.parse, "root": made.load}
	var times string
	var err error
	if request[0] == "check" {
		times, err = "accepted", made.verify()
	} else {
		count, _ := strconv.Atoi(request[2])
		times, err = measure(runs[request[0]], count)
	}
	if err != nil {
		return "refused " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return times
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/sigstore/sigstore-go" {
			return strings.TrimPrefix(module.Version, "v") + ", " + strings.Replace(info.GoVersion, "go", "Go ", 1)
		}
	}
	return "?"
}

func main() {
	names, tasks, err := readJob(os.Args[1], map[string]*verify.Verifier{})
	if err == nil && len(os.Args) > 2 {
		err = tasks[names[0]].verify()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(os.Args) > 2 {
		return
	}
	fmt.Println("ready " + version())
	for requests := bufio.NewScanner(os.Stdin); requests.Scan(); {
		fmt.Println(answer(strings.Fields(requests.Text()), tasks))
	}
}
