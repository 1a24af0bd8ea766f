module cupola.dev/e2e/cluster/tools/pause

go 1.25.0
