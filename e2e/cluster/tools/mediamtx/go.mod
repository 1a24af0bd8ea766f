module cupola.dev/e2e/cluster/tools/mediamtx

go 1.25.0

tool github.com/bluenviron/mediamtx

require github.com/bluenviron/mediamtx v1.20.1
