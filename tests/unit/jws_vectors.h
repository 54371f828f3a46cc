/* Tokens and keys that other people and other programs made. Public keys and worthless tokens only. */
#pragma once

/* clang-format off */

/* Made by `jose jwk gen` and `jose jws sig` (latchset/jose 11), the public halves of the keys; each token is signed by the key
 * of its name. */
#define JOSE_KEY_SET \
    "{\"keys\":[{\"alg\":\"RS256\",\"e\":\"AQAB\",\"kid\":\"key-RS256\",\"kty\":\"RSA\",\"n\":\"xBNI-" \
    "EeaWvHeVsnOK_U4kFcUfEkPpNQ5ALe5AJoTmqwKrnqwkWrlGRR2qbzXjSWtpdgvKCdla6LcsOOVHPGxKnfCktW5N8htPW2Ah" \
    "eZdaGkrPGveTZqlJPUo5Etb2YQUAX_cDtMs9SDyjkYxy22p1pBrFgeLErB0qwPWB9KxGaKqFjErXWKyRYHz8SOHvslm1s6mD" \
    "j3RC61H248SITIZ4KgrsRUcjSUdP38NQsFcbdaysQc-0SIN0VTHddPT5CFHeD4e8iyNvnWrtNIcCcBDPuiMcjKB2o-brT97H" \
    "b3ac6R3apdCfDATTuL0CuI3vT32gYXdrZBuZ5jHlYylHCuh3Q\",\"use\":\"sig\"},{\"alg\":\"PS256\",\"e\":\"" \
    "AQAB\",\"kid\":\"key-PS256\",\"kty\":\"RSA\",\"n\":\"ulHWwSZptNB3RdJRLJzZ0rNK2qX5j9xD7tAHcp5DMmO" \
    "qkR0v855FP696rfHBJsrfHD_g3ArNFJkOmxhBveTPxuSy5ZFkHpIBPOiyyFoRxsC0B8Z7iGBy3MRhhs2s4dhqqFFek1mGxqh" \
    "Bev7_KeTyFOFXYKsUG_DgF9vY8XTr62nOHl7ScArKlGxJu1tHlM2xb2wO7MvUowYEqVBoRcE1aWtn_bJfqA7SFjT1_jq1QBY" \
    "fN0TUfUMMNsU16gMOkxsEc6FKBuL7cbP56BkoSv_2bl0fYxTvaD0NNp80GMhjAM5wvVUM9ES066BwWoNAAcJod5NMr00fnu4" \
    "UyB3pE9TkDQ\",\"use\":\"sig\"},{\"alg\":\"ES256\",\"crv\":\"P-256\",\"kid\":\"key-ES256\",\"kty" \
    "\":\"EC\",\"x\":\"VBWTtqemFbSbFjjgtRpmyvoHi6oDwXEtxjmvuOrswKI\",\"y\":\"e3JXTZ077bGfY-4yzqleWO_2" \
    "_vVfrY3gWPzWFvFOLlE\",\"use\":\"sig\"},{\"alg\":\"ES384\",\"crv\":\"P-384\",\"kid\":\"key-ES384" \
    "\",\"kty\":\"EC\",\"x\":\"O_RWgj8-MT26JaZwphNkqgyrZxXE9D8ce9mUKyRWGJWgw8twfsIIjGqyeuuW82ym\",\"y" \
    "\":\"lgKPiAyQsHP5KVyQhE_p_Sdl6anXeMObYJ36YADrBK13l9uaI5Eh1-ii7hoGobgP\",\"use\":\"sig\"},{\"alg" \
    "\":\"ES512\",\"crv\":\"P-521\",\"kid\":\"key-ES512\",\"kty\":\"EC\",\"x\":\"ABE1FCdHRXwUBdDNhXc9" \
    "CIHro6Vw2r_8Yb9vpj5wvZjKYE8zMEOIGRDPOnwxUAFoWShNjg7FCXdwls0pleY0kZmW\",\"y\":\"AX-dExeK2fEmIGoFC" \
    "jx_hH216WfIAzIlQ5G4TNIiQMCYR3PRBzIyBIutMY6Mz3PBXEgotGye27CoOKrVWJr3zgQm\",\"use\":\"sig\"}]}"
#define JOSE_RS256 \
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImtleS1SUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXB" \
    "sZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.gV6QaAkAoy66BKZ-pafbj-kdRrtk9ilFijXw0lIY96JlFk" \
    "NkvTWOP6wNf7cLejI1BItokYDJvRjgILBAwYyuQO4IQ3VAsaMchlZOPqgRDYFCXphGOeOVEJSO-JvBhE8nCBnWXW1rzBkiWD" \
    "jAyOHWMGrD4vOhmWax_w7MsaXiXvzk4ovwpIUaYbdSUDST5kVO_1qfn2af4j6HQPy7YjNRkYRYP8JeXn2cNIrx0OCRRgx4z9" \
    "79iFwitBXqupPn5ys5HK9_JEjSTUU6H4S4OuCR6-1bA0iGPSAS9yvH2Bfwb1-dcrO1Xc8-HUIMo6mhhMDsWkZrxAfV4cE-Vj" \
    "CVz16OlQ"
#define JOSE_PS256 \
    "eyJhbGciOiJQUzI1NiIsImtpZCI6ImtleS1QUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXB" \
    "sZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.D4CoqpAQWn8wjMjjZZdfuZKGqeSSlOuw3dyt40TQHqDwOV" \
    "Z66JW5TWzCj2aNshdb-f4ep4tBnS_UMVU2OsvQB8xsmG9_FT-dRzMFyVIfu4SLIF5jJ9R2Mmr3NrYMRT5ngqWPWg3bXG_KmP" \
    "aKBCkj2sQrJuG8RvNgqEe9gJVre5rBkI_jQdXStSNexjUU_twyPDJVzyk2gYEkCPCjN5BnC3NVcHmy5AMJcdnZdOVf5LWDbB" \
    "7ySXumSsk-bRFWhewpY21RXZdYJJghrJWMJ31vgGFbLN8U6SjnaXNCmOyEdsGHOiRe1UkW2Jm0i41lxUoPa2g4X1AbBjwuOF" \
    "c-cyYqYA"
#define JOSE_ES256 \
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImtleS1FUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXB" \
    "sZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.4-W3C6x4nwSyk-5AbrclEPMedsBjeVm_xM8up_0ahu-FeQ" \
    "LEXduAn-4CNq2h4HCY3XLfIfyT22Kjn3WFLgU15g"
#define JOSE_ES384 \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImtleS1FUzM4NCIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXB" \
    "sZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.NMSuvGJYmNYVVsqorN5fKdTBnLwMqaq11Q-7DPt17y1YaJ" \
    "tCIxILjhnU3Ozt_Pw_vXL7-DgU6Di1IZy99D6bjGK6UnnB7hvYNyLT9P8YHwJOQ2iZp3PGTpRzOrEJtL7-"
#define JOSE_ES512 \
    "eyJhbGciOiJFUzUxMiIsImtpZCI6ImtleS1FUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXB" \
    "sZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.AN59HQlzhNosDExTPzqpAb9Hk-GLmh4-oRijeomc8VUPrc" \
    "1RNGO3n--rG-OZdasRMbXDrJGN5MqDzeXgsDzvxqF0AbhfqfGvBpWk46OGVkH6qqikUO9ZDag8wZaph8Ebcs9nZddJK0j_9Q" \
    "Lu8pLjan7YXlW4Zn4VjT4JnbxoslnX4Niu"
/* Another key of `jose jwk gen`. */
#define OTHER_P384_KEY \
    "{\"alg\":\"ES384\",\"crv\":\"P-384\",\"kid\":\"other\",\"kty\":\"EC\",\"x\":\"ILBRPcSZwSMkseMDix" \
    "TWPLasIuIqJgipOqGUEWtO5iFwl1bL7MKcfoJFqlHfAAH9\",\"y\":\"6YTH_bW-A3k0pnCxMA2lQDoMXXOkR6BNndYLAzl" \
    "dX4KZWLC5T88h6qMYwqlVRHKr\"}"
/* Made by Node's crypto.sign() with the same keys, or what the name says. */
#define NODE_PS256_SALT_0 \
    "eyJhbGciOiJQUzI1NiIsImtpZCI6ImtleS1QUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.WiJWder7HYVBXD43lhms84SzjepZSRduLBl2bB1sR_Ob4ko-9hm1RzXY1_NMEp" \
    "CXjMIb0rjwKALknBbuDDKHHHY9-VJb2Bfq-_-bmBUdjJ08O3q0-01KAkSc5Dpg7xSMZS8erQI3HTWfGT86lVJlDvIEIJaQKM" \
    "u1Lbet1Bc_RS5pDT0490MbwSa3xJjaRzBmTnic8uNIxajGHKuHgIoiBygLmUI5lho2sdR5rw4mxIMMkXbQaBmvUqs02-A5FG" \
    "bS5Pg5DV7D--xI-w5L1yuDYUZKR9YMP7fIhDY-xO54NMulb3a8xD_ru7Zu-AgcqCIwFnX2QD3cTnNzB89BdY32uA"
#define NODE_PS256_SALT_20 \
    "eyJhbGciOiJQUzI1NiIsImtpZCI6ImtleS1QUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.LMGyctM3laLQn_U-sAxxBJYUVlWzFMakUMJMW6IbgBvYZXhZQdu4c3ShPXBayx" \
    "vK--3p66t9U3YNfyvEo_UmlOSJqRhcs2-GGLncRzc7hqu5orHmPN80xeklu0MKaKnq84e52F8xGJGZtjvzLXNG87bZgtOffA" \
    "OdXNBwxw5phdQ91fa5VAh95Ea3syu1nwqwgux4NRfmenUooJlhXb0bafZjYbH6Fn42vL7dOFU-IY9HbBBQFD_cw3W_pWHnls" \
    "gVGgvw1LuSBHJNBDrUk_sss5hwNlX_zGJw3lhXq3kMZdprf4n2shNj0MPAKMp-vNd_jjhDI3EKyy_Rx8nw_D0THQ"
#define NODE_PS256 \
    "eyJhbGciOiJQUzI1NiIsImtpZCI6ImtleS1QUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.QP8L4ouCon8qSBcCfbjqPOgEjVyHZyCdJRzZDAaOjUOP6fyaE53rgT_GYBgwIn" \
    "3kK03NQENB_wCzGCrkXBkigprGljdhdctx5O9QmXR2i0r4N9eUgnIypSYBknW7PbuBRUV-1LQ7O492a7WOjwP-0lvpxeIprC" \
    "B0KpNwPysDWOTU8aalZGFnuHBN1tfaVEXinc14ykPMkaidDb7RBxUeT0TQxTlLxP8SCk1RE9qNcN6_Xm6MemSfyhEDHxXPXH" \
    "-8FqV3xGhgYYxhThHXxW4jnD8F0g6IL2SR5dGZpPK-YowoiPjPCFMW23wSLCHNjnzFqi9-NRV2k_b_Sn7VtEgKqg"
#define NODE_PS256_AS_PKCS1 \
    "eyJhbGciOiJQUzI1NiIsImtpZCI6ImtleS1QUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.uGu4tRIYwtFSLHwY5WfyJoPhCZfM5r5-k_pzqWqeZJeaKGY5BMAxkwQ76XXMHp" \
    "l-3Ns8NZZ32AG5bip13ZCp7w2FvMlSm1OxjwuEwVF4zptb7uHZ-ha52dUHUJ4uQ3iZ_SHjHV_zSGc9p-nuZS-QkwyQnQ2OKQ" \
    "SEiZ9ukvXqejA0JCV75EYSJetCc-kvkU-7issWxkfnPQeEWOgatSt_Fr9phdHWwj4hDGoGHT_bVKU6pr7ycpL-oLG9Xx0LhV" \
    "fxmzEEEU-AI4XA-pGB4AbdBRfCc6qYQL_UJuMVvtSApOYT1t5GAqvWkZJskIt1tgxURiIq66yOivKIq8tI0wcvHw"
#define NODE_RSA_1024_TOKEN \
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InNtYWxsIn0.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3ViIjoi" \
    "dTEiLCJleHAiOjQxMDI0NDQ4MDB9.vwEAkQ2QNDOaZ5MuOjcbSGCeKntrgoTBTJr3fYOk9gDt3ryC2hp8ShSp-YlyCb6_sDg" \
    "PcSJ4UPRANhQnyIYJD58H9hdQzmitBj92x2gGR0IWnhA3DOiCAJTUFWxcTrmGdk_L_1wb7HEVMtjg8jshdIY4r3c49O0cb9n" \
    "PZr1NzOY"
#define NODE_RSA_1024_KEY \
    "{\"kty\":\"RSA\",\"n\":\"zYIQHLzxNrdyXn-PMCdPUZm4prLk6C08CGdsm8vVSDS0HeEwp_YuVqmUX-8ZxHQC9ncErb_" \
    "Yp9F983SfyMZeZ8yrfNaJC5u-6FneMBHAtuNx9nWEpi4EmSjd_A4iRNdCfm_Mmb4TYVXaE7CBNRf_ejdnqIFYkRKpi7SzI1T" \
    "EZSM\",\"e\":\"AQAB\",\"kid\":\"small\"}"
#define NODE_ES384 \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImtleS1FUzM4NCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.B9NOXHjj39-IlgsQJQymnhzVWfD026pK7rUhdHGlvpbE1_-BE10GdbCnpojm0e" \
    "gCEvpxWNo_1GydTJMzTbNRTJ5xyvvOkmH0xBXkZ51Ya5dutLZkJNinMEjrMVx04Yyk"
#define NODE_ES384_DER \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImtleS1FUzM4NCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.MGYCMQC5h186ggyYyioDcqin0200wakGAMAACncb6TpIH46o-L8NFGetegf1VA" \
    "8hZ7hYYkYCMQDKEmTs9ylkTupY80_yl7y0NY-MZ_nJrQJOobhAcGpu2r-0VGpM_PkY6_htlhlWDOU"
#define NODE_ES384_WITH_SHA256 \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImtleS1FUzM4NCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.EBRIkt2GZPHPCl_FLmmgH-BnKrpJHLVx_MDPsCxD2rma181fL9yUyz6PQJwVG6" \
    "2hhmEGXIo-lvT31ndKRhzxtpWvKyBpbzuwIFPUv8MBRvbZTgQrhhMSpm1HeApsx6_-"
#define NODE_HS256_CONFUSED \
    "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtleS1SUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.YJqlozFPUT6g9UOSlm3xIvH7mSZUMjUSZ2FxkyysA5k"
#define NODE_ES384_NO_KID \
    "eyJhbGciOiJFUzM4NCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI" \
    "0NDQ4MDB9.2xSls_VLuwB8WdCKa5KvMF5oSSrlfPYUTMg1TZvRyHoiBqPtiDVMx4N_9Qzbesym0yIV6exzKsJq5veNs2yTRN" \
    "ZvJvlCIgP97wMEbbDBvSFTgNBIGh7GH8WyfOYUJ9uK"
#define NODE_ES384_CRIT \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImtleS1FUzM4NCIsImNyaXQiOlsiZXhwIl0sImV4cCI6MX0.eyJpc3MiOiJodHRwczov" \
    "L2F1dGguZXhhbXBsZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.njOFHFTzsR0B_WPff31cvWA1zegk5Lo" \
    "432LgZX_cjZ7brTzDVrji_2bK0dr6HTgFg6VqANLprVyLBDXN2SbGwjjXjvce4iVjLedzhBfbXG7leTvjrqwlkCO798od-Hk" \
    "V"
#define NODE_ES384_CRIT_EMPTY \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImtleS1FUzM4NCIsImNyaXQiOltdfQ.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZ" \
    "S9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.6x3iaPplTKE_OnHQRc30fPhwHUyxmHeCkVHoWWObhcu85_Jw" \
    "fqffcs_GWwTsZKzg85x0f9r1PjLVb8MynuxJokrSKBNGKStWULJC8PU4YC0DEJvU71KmTtemmzJuZcfJ"
#define NODE_ES384_B64 \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6ImtleS1FUzM4NCIsImNyaXQiOlsiYjY0Il0sImI2NCI6ZmFsc2V9.eyJpc3MiOiJodHR" \
    "wczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3ViIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.XSugJOIJXQ2iNjTvNgPkVSjA5w" \
    "_pqUmcwkuST6Z43dYfHXBIP5x_key9rQ_D1zU0_2TYKD0yW9NwFE6uW-BnEMFopmNlIWzPBDSN1ED-9BT70ZkzjO6e1WEiWV" \
    "TjUTjG"
#define NODE_ES384_KID_NUMBER \
    "eyJhbGciOiJFUzM4NCIsImtpZCI6N30.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3ViIjoidTEiLCJl" \
    "eHAiOjQxMDI0NDQ4MDB9.VHhf9FTCwkyd3Qpipcgph1AwT1IK3BXieB4uvXGdzbC8AV7LZgB6VmO8j0ZghxHIyivLv1Xclbp" \
    "OtZC1F7x_Hy3U0Fox_X8UvfnMjlVOhEPBEcmJo7tT_GVO9W0IR4Ms"
#define NODE_ES384_NO_ALG \
    "eyJraWQiOiJrZXktRVMzODQifQ.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3ViIjoidTEiLCJleHAiO" \
    "jQxMDI0NDQ4MDB9.j2XWMD8kiqh6faNnm5qeQbjsW1sXomYJGx0krzvhvAYGll1iYwM6rveJLkEZUQSByAUfCU0UFtsrb7Ek" \
    "QojXaxpWnnUSuzPHM4-1xbav4S0pnsC5sONOKgq4eGfa_auM"
#define NODE_ES384_ALG_CASE \
    "eyJhbGciOiJlczM4NCIsImtpZCI6ImtleS1FUzM4NCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.nzY_7Z3E41FWMwH_D6sxrZ0M_t5LhRBpk-tLj4o4Ur9hW2_TxgGfDvO8Q5oAZd" \
    "N1ypunVY2wJmzceOgj-bm_LgTHVU7mFx1Dt7OFFGMeSSO1Y2FtWpHKI1o1DqZwCDdt"
#define NODE_ES256_BY_P384 \
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImtleS1FUzM4NCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS9vaWRjIiwic3V" \
    "iIjoidTEiLCJleHAiOjQxMDI0NDQ4MDB9.Su96__dGVWCRnLfuJsIK6amv5Haw3AsfvNEVEyaKYsSYf3yGh680CUScRMc_nW" \
    "V39Dw-DWh-1c2RPffv7JLzFM7JB5x9FHtBTSC3bdOB1uGYgbk94k4nD6CeZwL38W3U"
/* RFC 7515, A.1: HMAC SHA-256. */
#define RFC7515_A1 \
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA" \
    "6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define RFC7515_A1_KEY \
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgU" \
    "uTwjAzZr1Z9CAow\"}"
/* RFC 7515, A.2: RS256. */
#define RFC7515_A2 \
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9" \
    "pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Q" \
    "c_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARN" \
    "PvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6I" \
    "eYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define RFC7515_A2_KEY \
    "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4q" \
    "PCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf" \
    "63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I" \
    "5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"" \
    "}"
/* RFC 7515, A.3: ES256. */
#define RFC7515_A3 \
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9" \
    "pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqP" \
    "P3-Kg6NU1Q"
#define RFC7515_A3_KEY \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"" \
    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"
/* RFC 7515, A.4: ES512; the payload is "Payload", no JSON. */
#define RFC7515_A4 \
    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZq" \
    "wqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9E" \
    "RBXukOXolLzeO_Jn"
#define RFC7515_A4_KEY \
    "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnY" \
    "G_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk\",\"y\":\"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1W" \
    "DhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2\"}"
/* RFC 7515, A.5: none. */
#define RFC7515_A5 \
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p" \
    "c19yb290Ijp0cnVlfQ."
/* RFC 7520, 3.3. */
#define RFC7520_RSA_KEY \
    "{\"kty\":\"RSA\",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig\",\"n\":\"n4EPtAOCc9Al" \
    "keQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2w" \
    "qVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNL" \
    "YD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_" \
    "qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\"}"
/* RFC 7520, 3.1. */
#define RFC7520_EC_KEY \
    "{\"kty\":\"EC\",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig\",\"crv\":\"P-521\",\"x" \
    "\":\"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt\"," \
    "\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1" \
    "\"}"
/* RFC 7520, 4.1: RS256; the payloads of section 4 are a sentence, no JSON. */
#define RFC7520_41 \
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3V" \
    "zIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHl" \
    "vdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9" \
    "mZiB0by4.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp8" \
    "3xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6" \
    "x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI" \
    "-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg"
/* RFC 7520, 4.2: PS384. */
#define RFC7520_42 \
    "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3V" \
    "zIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHl" \
    "vdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9" \
    "mZiB0by4.cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP" \
    "6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqr" \
    "YRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64" \
    "QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw"
/* RFC 7520, 4.3: ES512. */
#define RFC7520_43 \
    "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3V" \
    "zIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHl" \
    "vdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9" \
    "mZiB0by4.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1e" \
    "JAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2"
/* RFC 7520, 4.4: HS256. */
#define RFC7520_44 \
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGF" \
    "uZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5" \
    "kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN" \
    "3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"
#define RFC7520_44_KEY \
    "{\"kty\":\"oct\",\"kid\":\"018c0ae5-4d9b-471b-bfd6-eef314bc7037\",\"use\":\"sig\",\"alg\":\"HS25" \
    "6\",\"k\":\"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg\"}"
/* RFC 8037, A.4: EdDSA. */
#define RFC8037_A4 \
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AI" \
    "bQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
#define RFC8037_A2_KEY \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
/* clang-format on */
