#!/bin/bash
# First process of a machine of the local cluster: gives it private folders, then keeps its services running.
# usage: machine-init.sh HOSTNAME FOLDER, in new PID, mount, UTS and IPC namespaces.
# FOLDER/services holds one script a service; FOLDER/log gets what they print.
set -eu
hostname "$1"
folder=$2
cd "$folder"

# containerd, CNI and kubelet also write to fixed places under /run and /var: those writes end with the machine.
mkdir -p scratch
mount -t tmpfs -o mode=0755 tmpfs scratch
mkdir scratch/run scratch/var scratch/work
mount -t overlay -o lowerdir=/var,upperdir=scratch/var,workdir=scratch/work overlay /var
mount --bind scratch/run /run
# Where the folder itself lies under /var, overlayfs on top of that overlay would be refused: bring it back.
case $folder in /var/* | /run/*)
  mkdir -p "$folder"
  mount --no-canonicalize --rbind . "$folder"
  cd "$folder" ;;
esac
# Pods' mounts may propagate between kubelet and containerd, but never to the host.
mount --make-rshared /

for service in services/*; do
  while :; do
    bash "$service" >>"log/${service##*/}.log" 2>&1 || true
    sleep 0.5
  done &
done
# Children that lost their parent (container shims) are ours to reap: wait does.
wait
