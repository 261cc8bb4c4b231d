/**
 * What the lists of breached passwords are full of. Passwords of ten characters and more are seldom
 * a bare word, so these are the words and keyboard walks that they are built from; rules in
 * password-rules.ts see through capitals, digits for letters, and what is added before and after.
 */
const WORDS = `
password passwort passwords passphrase motdepasse contrasena contraseña senha parola wachtwoord
qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdfghjkl zxcvbnm yxcvbnm asdfgh zxcvb
qazwsx qazwsxedc wsxedc qweasd qweasdzxc asdzxc zaqxsw zaqwsx poiuytrewq lkjhgfdsa mnbvcxz
1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 1qaz2wsx 1qaz2wsx3edc zaq12wsx 1qazxsw2
qwert asdf asdfg zxcv qwer wasd uiop hjkl fghj
iloveyou iloveu iloveyouso ilovemyself loveyou lovelove iloveme ilovehim iloveher teamo tequiero
letmein letmeinnow openup opensesame opensesamo sesame trustno trustnoone whatever nothing secret
topsecret mysecret changeme changeit changethis changemenow default defaultpassword temp temporary
temppass temppassword newpassword oldpassword mypassword yourpassword thepassword nopassword
welcome welcomehome welcomeback hello helloworld hellohello goodbye goodmorning goodnight
admin administrator administrador adminadmin admins root rootroot toor superuser sysadmin superadmin
user username users guest guestguest test testing tester testtest testuser login loginlogin
demo sample example service server oracle mysql postgres database access accessdenied control
computer laptop internet windows microsoft apple google facebook youtube instagram twitter linkedin
myspace yahoo hotmail gmail android samsung iphone nokia netflix spotify amazon minecraft roblox
pokemon pikachu fortnite playstation nintendo counterstrike warcraft worldofwarcraft starcraft
monkey monkeys dragon dragons shadow master masters mastermind tiger tigers panther lion lions
eagle eagles falcon falcons wolf wolves bear bears dolphin dolphins butterfly butterflies unicorn
kitty kitten kittycat hellokitty puppy puppies doggy fluffy snoopy garfield tigger bambi rabbit
princess prince prettygirl sweetheart sweetie babygirl babyboy baby darling angel angels angelina
honey honeybee cupcake chocolate cookie cookies candy banana bananas cherry strawberry pineapple
orange oranges peanut butter pepper ginger pumpkin cheese cheesecake coffee whiskey
sunshine moonlight starlight sunflower rainbow rainbows flower flowers summer winter spring autumn
freedom forever foreverlove happy happiness smile smiley lovely beautiful gorgeous pretty
football futbol soccer baseball basketball hockey tennis golfer cricket volleyball swimming
liverpool chelsea arsenal manchester manchesterunited barcelona realmadrid juventus bayern dortmund
yankees lakers cowboys steelers packers redsox
superman batman spiderman ironman wonderwoman catwoman captainamerica starwars startrek skywalker
darthvader jedimaster matrix terminator gandalf harrypotter hogwarts naruto sasuke goku dragonball
michael michelle jennifer jessica ashley amanda samantha elizabeth victoria veronica stephanie
nicole natasha charlie charlotte daniel daniela andrew anthony alexander alexandra alexandre
christopher christian christina christine jonathan joshua matthew robert richard thomas william
jordan jasmine hannah sophie maria mariana patrick patricia george ferrari porsche mercedes
mustang corvette harley yamaha honda toyota
america canada england london germany berlin france paris australia brasil mexico india russia
california newyork chicago boston dallas houston phoenix
jesus jesuschrist jesusislord christ godisgood blessed blessing heaven church faith
monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december
fuckyou fuckoff asshole bitch motherfucker bullshit
abcdef abcdefg abcdefgh abcdefghij abcabc aaabbb abc abcd
security secure safety safepassword strongpassword verystrong unbreakable correcthorsebatterystaple
company business office manager marketing finance account accounts money dollar million
`;

export const COMMON_WORDS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));
