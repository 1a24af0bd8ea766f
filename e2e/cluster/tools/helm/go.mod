module cupola.dev/e2e/cluster/tools/helm

go 1.25.0

tool helm.sh/helm/v3/cmd/helm

require helm.sh/helm/v3 v3.22.0
