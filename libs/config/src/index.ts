export { Config, ConfigError, type ConfigValues, loadConfig } from './config';
export { configurationTable } from './documentation';
