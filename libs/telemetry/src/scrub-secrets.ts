const API_KEY = /\blsk_([A-Za-z0-9]+)_[A-Za-z0-9]+/g;
const URL_SECRET = /([?&](?:token|ticket|key|api_key)=)[^&\s"'\\]+/g;
const DATABASE_PASSWORD = /(postgres(?:ql)?:\/\/[^:@/\s"]*:)[^@\s"]+@/g;

/** Removes API keys, tokens in addresses and database passwords from any text. */
export function scrubSecrets(text: string): string {
  return text
    .replace(API_KEY, 'lsk_$1_[redacted]')
    .replace(URL_SECRET, '$1[redacted]')
    .replace(DATABASE_PASSWORD, '$1[redacted]@');
}
