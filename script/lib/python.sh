# Environments of Python for the scripts; source it from the root.

# Makes VENV with the packages of REQUIREMENTS by PYTHON, unless it is there and complete. Usage: python_venv VENV REQUIREMENTS [PYTHON]
python_venv() {
    local venv=$1 requirements=$2
    cmp -s "$requirements" "$venv/requirements.txt" && "$venv/bin/python" -c '' 2>/dev/null && return
    echo "Installing the packages of $requirements, once …" >&2
    mkdir -p "$(dirname "$venv")"
    "${3:-python3}" -m venv --clear "$venv" || return
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" || return
    # Copied last, so that only a complete environment is used again.
    cp "$requirements" "$venv/requirements.txt"
}
