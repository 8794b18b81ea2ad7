#!/usr/bin/env bash
# Builds the packages of Weir: a Debian package and a tar archive, both with the runtime inside (self-contained, ReadyToRun).
#
#   packaging/build.sh [--version V] [--arch x64|arm64] [--out DIR]
#   --version   the version; that of Directory.Build.props where it is not given
#   --out       where the packages go; artifacts/packages where it is not given
#
# Needs the .NET 10 SDK, tar and gzip, and dpkg-deb for the Debian package. Prints each package with its size.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."

version='' arch=x64 out=artifacts/packages
while (($#)); do
    case $1 in
        --version) version=$2 ;;
        --arch) arch=$2 ;;
        --out) out=$2 ;;
        *)
            sed -n '2,8s/^# \{0,1\}//p' packaging/build.sh >&2
            exit 2
            ;;
    esac
    shift 2
done

[[ $version ]] || version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "packaging/build.sh: '$version' is not a version such as 1.2.3" >&2; exit 2; }
case $arch in
    x64) debian=amd64 ;;
    arm64) debian=arm64 ;;
    *) echo "packaging/build.sh: there are x64 and arm64, not '$arch'" >&2; exit 2 ;;
esac

# The same sources give the same packages: file times are those of the last commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
mkdir -p -- "$out"
out=$(cd -- "$out" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
umask 022

# The build's own folder: the checkout's bin and obj stay as they are, and a second run does only what changed.
program=$work/weir-$version
dotnet publish src/Weir.Cli/Weir.Cli.csproj -c Release -r "linux-$arch" --self-contained -o "$program" --artifacts-path artifacts/package \
    -p:PublishReadyToRun=true -p:PublishDocumentationFiles=false -p:Version="$version" -v quiet -nologo \
    -clp:"ErrorsOnly;NoSummary" --disable-build-servers >&2 </dev/null

# What a package of either kind holds: the program below one folder, and what stands around it.
rm -f -- "$program"/createdump "$program"/*.xml
find "$program" -type f -exec chmod 0644 {} +
chmod 0755 "$program/weir"
"$program/weir" version >&2

archive=$out/weir-$version-linux-$arch.tar.gz
mkdir -p "$work/tar/weir-$version"
cp -a "$program" "$work/tar/weir-$version/lib"
ln -s lib/weir "$work/tar/weir-$version/weir"
cp LICENSE README.md CHANGELOG.md packaging/weir.yaml packaging/weir.service packaging/weir.socket packaging/weir.1 "$work/tar/weir-$version/"
tar -C "$work/tar" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "weir-$version" | gzip -9n >"$archive"

if command -v dpkg-deb >/dev/null; then
    root=$work/deb
    install -d "$root"/{DEBIAN,usr/bin,usr/lib,usr/lib/systemd/system,usr/share/man/man1,usr/share/doc/weir/examples,etc/weir,etc/logrotate.d}
    cp -a "$program" "$root/usr/lib/weir"
    ln -s ../lib/weir/weir "$root/usr/bin/weir"
    install -m 0644 packaging/weir.service "$root/usr/lib/systemd/system/weir.service"
    install -m 0644 packaging/weir.yaml "$root/etc/weir/weir.yaml"
    install -m 0644 packaging/weir.logrotate "$root/etc/logrotate.d/weir"
    gzip -9n <packaging/weir.1 >"$root/usr/share/man/man1/weir.1.gz"
    gzip -9n <CHANGELOG.md >"$root/usr/share/doc/weir/changelog.gz"
    install -m 0644 packaging/debian/copyright "$root/usr/share/doc/weir/copyright"
    install -m 0644 packaging/weir.socket examples/*.yaml "$root/usr/share/doc/weir/examples/"
    install -m 0755 packaging/debian/{postinst,prerm,postrm} "$root/DEBIAN/"
    printf '%s\n' /etc/weir/weir.yaml /etc/logrotate.d/weir >"$root/DEBIAN/conffiles"
    sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$debian/" -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$root" | cut -f1)/" \
        packaging/debian/control >"$root/DEBIAN/control"
    (cd -- "$root" && find etc usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
    chmod 0644 "$root"/DEBIAN/{control,conffiles,md5sums}
    dpkg-deb --root-owner-group -Zxz -b "$root" "$out/weir_${version}_$debian.deb" >&2
fi

printf '%8s  installed\n' "$(du -sh "$program" | cut -f1)"
for package in "$archive" "$out/weir_${version}_$debian.deb"; do
    [[ -e $package ]] && printf '%8s  %s\n' "$(du -h "$package" | cut -f1)" "$package"
done
